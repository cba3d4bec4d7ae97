"""What went wrong with a call of Graph, in the product's own words.

Graph's error text may repeat what was sent, a number too. So an exception takes over status and code and nothing
else, and whoever raises it leaves Graph's own exception behind, because a traceback would print that one as well.
"""

import re
from datetime import datetime
from http import HTTPStatus

import httpx
from azure.core.exceptions import AzureError
from kiota_abstractions.api_error import APIError
from msgraph.generated.models.o_data_errors.o_data_error import ODataError

from shared.errors import (
    DirectoryRefusedError,
    DirectoryThrottledError,
    DirectoryUnavailableError,
    TokenUnavailableError,
)
from shared.ports import DEFAULT_METHOD
from shared.retry_after import retry_after_seconds

_DEFAULT_METHOD_TEXT = "current default authentication method"
_UNREADABLE_CODE = "unreadableCode"
# A stable word such as `Request_ResourceNotFound`; nothing that could hold a number.
_CODE = re.compile(r"(?!.*\d{4})[A-Za-z][A-Za-z0-9_.]{0,79}")
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class AnswerLostError(DirectoryUnavailableError):
    """The request went out, and no answer says whether it took effect."""


class NotFoundError(DirectoryRefusedError):
    """Graph knows no such object."""


def asked_wait(fault: APIError, now: datetime) -> float | None:
    """Gives the seconds that an error answer asks to wait, whatever its status; None where it names none."""
    headers = {key.lower(): value for key, value in dict(fault.response_headers or {}).items()}
    return retry_after_seconds(headers.get("retry-after"), now)


def answer_fault(fault: APIError, wait: float | None) -> DirectoryUnavailableError | DirectoryRefusedError:
    """Says what an error answer means. Only Graph itself can refuse: an error without its code is a gateway's."""
    status, code = fault.response_status_code or 0, _code(fault)
    message = f"Microsoft Graph answered HTTP {status} {code}.".replace(" .", ".")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return DirectoryThrottledError(message, retry_after=wait)
    if status == HTTPStatus.UNAUTHORIZED:  # the token ran out under way, or the service does not know it yet
        return DirectoryUnavailableError(message, retry_after=wait)
    if not is_refusal(status) or not code:
        return AnswerLostError(message, retry_after=wait)
    kind = NotFoundError if status == HTTPStatus.NOT_FOUND else DirectoryRefusedError
    return kind(message, status=status, code=code)


def call_fault(fault: Exception, *, sent: bool) -> DirectoryUnavailableError:
    """Says what any other exception means: of the credential, of the transport, of the SDK's reading of an answer."""
    name = type(fault).__name__
    if isinstance(fault, AzureError):
        return TokenUnavailableError(f"The managed identity gets no token ({name}).")
    if isinstance(fault, _NEVER_SENT) or not sent:
        return DirectoryUnavailableError(f"Microsoft Graph cannot be reached ({name}).")
    return AnswerLostError(f"Microsoft Graph gave no answer that can be read ({name}).")


def readable_code(code: str) -> str:
    """Gives Graph's error code where it is one, else a word of our own: whatever else stands there is not passed on."""
    return code if _CODE.fullmatch(code) else _UNREADABLE_CODE


def is_refusal(status: int) -> bool:
    """Says whether a status is a no that a repeat would not change, where an error code comes with it."""
    return HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.REQUEST_TIMEOUT


def _code(fault: APIError) -> str:
    """Gives Graph's error code, or a word of our own where only its text says what is meant; "" where it has none."""
    error = fault.error if isinstance(fault, ODataError) else None
    if error is None or not error.code:
        return ""
    # The code of this refusal is a bare `badRequest`.
    if fault.response_status_code == HTTPStatus.BAD_REQUEST and _DEFAULT_METHOD_TEXT in (error.message or ""):
        return DEFAULT_METHOD
    return readable_code(str(error.code))
