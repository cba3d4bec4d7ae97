"""Who may ask: a token of the local identity endpoint, made out for Azure Resource Manager."""

from typing import TYPE_CHECKING, Any

import jwt

from local.identity.tokens import ALGORITHM
from local.monitor.refusals import RefusedError
from local.servicebus.clock import Clock

if TYPE_CHECKING:
    from jwt.types import Options

AUDIENCES = frozenset({"https://management.azure.com", "https://management.azure.com/"})
_BEARER = "bearer "


def check_access(authorization: str, key: bytes, clock: Clock) -> None:
    """Raises RefusedError, 401, where the token is missing, broken, expired or made out for somebody else.

    The role is not asked for: whoever has a token here has Monitoring Reader.
    """
    if not authorization.lower().startswith(_BEARER):
        raise RefusedError(401, "AuthenticationFailed", "The 'Authorization' header is missing.")
    claims = _claims(authorization[len(_BEARER) :].strip(), key)
    if claims.get("aud") not in AUDIENCES:
        raise RefusedError(401, "InvalidAuthenticationTokenAudience", "The access token has a wrong audience.")
    if not float(claims.get("nbf", 0)) <= clock.now().timestamp() < float(claims.get("exp", 0)):
        raise RefusedError(401, "ExpiredAuthenticationToken", "The access token expired.")


def _claims(token: str, key: bytes) -> dict[str, Any]:
    # Time and audience are checked by the caller, with codes of their own.
    options: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
    try:
        return dict(jwt.decode(token, key, algorithms=[ALGORITHM], options=options))
    except jwt.InvalidTokenError:
        raise RefusedError(401, "InvalidAuthenticationToken", "The access token is invalid.") from None
