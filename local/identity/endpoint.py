"""The token endpoint's protocol: App Service, api-version 2019-08-01.

https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
"""

import logging
import secrets
import uuid

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from local.identity.tokens import SYSTEM_ASSIGNED_CLIENT_ID, TokenIssuer

API_VERSION = "2019-08-01"
PATH = "/msi/token"
# 2019-08-01 writes client_id; the others name an identity by its service principal or its Azure resource.
OTHER_WAYS_TO_NAME_AN_IDENTITY = ("principal_id", "object_id", "mi_res_id", "msi_res_id")
NO_SUCH_IDENTITY = "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId."

logger = logging.getLogger(__name__)


class RefusedError(Exception):
    """The endpoint answers with an error of App Service's shape."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def application(issuer: TokenIssuer, secret: str) -> Starlette:
    """Builds the endpoint."""

    async def token(request: Request) -> JSONResponse:
        try:
            body = _token_for(request, issuer, secret)
        except RefusedError as refused:
            logger.warning("token refused: %s", refused.message)
            return _error(refused)
        logger.info("token issued for %s", body["resource"])
        return JSONResponse(body)

    return Starlette(routes=[Route(PATH, token, methods=["GET"])])


def _token_for(request: Request, issuer: TokenIssuer, secret: str) -> dict[str, str]:
    _check_caller(request, secret)
    resource = request.query_params.get("resource", "").strip()
    if not resource:
        raise RefusedError(400, "The resource parameter is required.")
    client_id = _client_id(request)
    token = issuer.issue(resource, client_id)
    return {
        "access_token": token.value,
        "expires_on": str(token.expires_on),
        "resource": resource,
        "token_type": "Bearer",
        "client_id": client_id,
    }


def _check_caller(request: Request, secret: str) -> None:
    # The header is what keeps a server-side request forgery from getting a token: no browser or redirect adds it.
    shown = request.headers.get("x-identity-header", "")
    if not secrets.compare_digest(shown.encode(), secret.encode()):
        raise RefusedError(401, "The X-IDENTITY-HEADER header is missing or wrong.")
    version = request.query_params.get("api-version")
    if version != API_VERSION:
        message = f"The api-version '{version or ''}' is not supported; use {API_VERSION}."
        raise RefusedError(400, message)


def _client_id(request: Request) -> str:
    if any(name in request.query_params for name in OTHER_WAYS_TO_NAME_AN_IDENTITY):
        raise RefusedError(400, NO_SUCH_IDENTITY)
    named = request.query_params.get("client_id")
    if named is None:
        return SYSTEM_ASSIGNED_CLIENT_ID
    try:
        return str(uuid.UUID(named))
    except ValueError:
        raise RefusedError(400, NO_SUCH_IDENTITY) from None


def _error(refused: RefusedError) -> JSONResponse:
    body = {"statusCode": refused.status, "message": refused.message, "correlationId": str(uuid.uuid4())}
    return JSONResponse(body, refused.status)
