"""Who may call: why 401, and why 403 for want of a permission."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt

from local.clock import Clock
from local.graph.contract.operations import Operation
from local.graph.errors import DeniedError, UnauthenticatedError
from local.identity.tokens import ALGORITHM, GRAPH_AUDIENCES

if TYPE_CHECKING:
    from jwt.types import Options

BEARER = "bearer "
AUTHORIZE = "https://login.microsoftonline.com/common/oauth2/authorize"
CHALLENGE = {
    "WWW-Authenticate": f'Bearer realm="", authorization_uri="{AUTHORIZE}", '
    'client_id="00000003-0000-0000-c000-000000000000"'
}
INVALID_AUDIENCE = "Access token validation failure. Invalid audience."
INVALID_SIGNATURE = "Access token validation failure. Signature is invalid."
EXPIRED = "Lifetime validation failed, the token is expired."
NO_TOKEN = "CompactToken parsing failed with error code: 80049217."  # noqa: S105 - a message
# Exchange scopes mail by RBAC for Applications, so a token without Mail.Send may still send: endpoints/mail.py decides.
DECIDED_BY_EXCHANGE = frozenset({"user_sendMail"})


@dataclass(frozen=True)
class Caller:
    """The application that a good token names."""

    app_id: str
    roles: frozenset[str]

    def has_any(self, permissions: frozenset[str]) -> bool:
        """Tells whether one of the permissions is granted."""
        return bool(self.roles & permissions)


def authenticated(authorization: str, key: bytes, clock: Clock) -> Caller:
    """Reads the bearer token, or raises what Graph answers to a missing, broken, expired or foreign one."""
    if not authorization.lower().startswith(BEARER):
        raise UnauthenticatedError(headers=CHALLENGE)
    claims = _claims(authorization[len(BEARER) :].strip(), key)
    if claims.get("aud") not in GRAPH_AUDIENCES:
        raise UnauthenticatedError(INVALID_AUDIENCE, CHALLENGE)
    now = clock.now().timestamp()
    if not float(claims.get("nbf", 0)) <= now < float(claims.get("exp", 0)):
        raise UnauthenticatedError(EXPIRED, CHALLENGE)
    return Caller(str(claims.get("appid", "")), frozenset(claims.get("roles", [])))


def check_permission(caller: Caller, operation: Operation) -> None:
    """Holds the application permissions of the contract."""
    if not operation.permissions or operation.id in DECIDED_BY_EXCHANGE:
        return
    if not caller.has_any(operation.permissions):
        raise DeniedError


def _claims(token: str, key: bytes) -> dict[str, Any]:
    # Time and audience are checked by the caller, against the twin's clock and in Graph's words.
    options: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
    try:
        return dict(jwt.decode(token, key, algorithms=[ALGORITHM], options=options))
    except jwt.InvalidSignatureError:
        raise UnauthenticatedError(INVALID_SIGNATURE, CHALLENGE) from None
    except jwt.InvalidTokenError:
        raise UnauthenticatedError(NO_TOKEN, CHALLENGE) from None
