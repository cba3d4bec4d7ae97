"""Errors that the twin answers with, in Graph's codes and words.

GraphError
├── BadRequestError               400  the directory's and the gateway's
│   ├── UnsupportedQueryError     400
│   ├── ExpiredPageError          400
│   ├── PremiumNeededError        400
│   └── MethodRefusedError        400  the authentication methods service's
├── UnauthenticatedError          401
├── DeniedError                   403
│   ├── NotPremiumError           403
│   ├── RestrictedManagementError 403
│   └── MailboxDeniedError        403
├── NotFoundError                 404
│   ├── UserNotFoundError         404
│   └── MailboxNotFoundError      404
├── MethodNotAllowedError         405
├── PhoneNumberNotUniqueError     409
├── UnsupportedMediaTypeError     415
└── ThrottledError                429
"""

from collections.abc import Mapping

from local.graph.exchange import JsonObject


class GraphError(Exception):
    """Graph refuses; the class names status and code, the docstring is the message where none is given."""

    status = 500
    code = "InternalServerError"

    def __init__(self, message: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])
        self.headers = dict(headers or {})


class BadRequestError(GraphError):
    """The request is malformed or incorrect."""

    status = 400
    code = "BadRequest"


class UnsupportedQueryError(BadRequestError):
    """The query is not supported."""

    code = "Request_UnsupportedQuery"


class ExpiredPageError(BadRequestError):
    """The specified page token value has expired and can no longer be included in your request."""

    code = "Directory_ExpiredPageToken"


class PremiumNeededError(BadRequestError):
    """The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."""

    code = "AadPremiumLicenseRequired"


class MethodRefusedError(BadRequestError):
    """The authentication method cannot be written like this."""

    code = "badRequest"


class UnauthenticatedError(GraphError):
    """Access token is empty."""

    status = 401
    code = "InvalidAuthenticationToken"


class DeniedError(GraphError):
    """Insufficient privileges to complete the operation."""

    status = 403
    code = "Authorization_RequestDenied"


class RestrictedManagementError(DeniedError):
    """Insufficient privileges to complete the operation. Target object is a member of a restricted management unit.

    https://learn.microsoft.com/entra/identity/role-based-access-control/admin-units-restricted-management
    """


class NotPremiumError(DeniedError):
    """Neither tenant is B2C or tenant doesn't have premium license.

    https://learn.microsoft.com/graph/known-issues#license-check-errors-for-azure-ad-activity-reports
    """

    code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"


class MailboxDeniedError(DeniedError):
    """Access is denied. Check credentials and try again."""

    code = "ErrorAccessDenied"


class NotFoundError(GraphError):
    """The resource could not be found."""

    status = 404
    code = "resourceNotFound"


class UserNotFoundError(NotFoundError):
    """A user, group or other directory object does not exist."""

    code = "Request_ResourceNotFound"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"Resource '{key}' does not exist or one of its queried reference-property objects are not present."
        )


class MailboxNotFoundError(NotFoundError):
    """The requested user is invalid."""

    code = "ErrorInvalidUser"


class MethodNotAllowedError(GraphError):
    """Specified HTTP method is not allowed for the request target."""

    status = 405
    code = "Request_BadRequest"


class PhoneNumberNotUniqueError(GraphError):
    """The phone number is already in use for SMS sign-in by another user."""

    status = 409
    code = "phoneNumberNotUnique"


class UnsupportedMediaTypeError(GraphError):
    """The media type of the request body is not supported."""

    status = 415
    code = "UnsupportedMediaType"


class ThrottledError(GraphError):
    """Please retry again later."""

    status = 429
    code = "TooManyRequests"


def error_body(code: str, message: str, date: str, ids: Mapping[str, str]) -> JsonObject:
    """Writes an OData error as Graph does. `ids` holds request-id and client-request-id."""
    return {"error": {"code": code, "message": message, "innerError": {"date": date, **ids}}}
