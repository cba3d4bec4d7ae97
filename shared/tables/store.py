"""Opens the state storage's tables once per worker, and tells its faults in the product's own words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError
from azure.core.pipeline import PipelineResponse
from azure.data.tables import TableErrorCode
from azure.data.tables.aio import TableClient, TableServiceClient
from azure.identity.aio import ManagedIdentityCredential

from shared.clock import SystemClock
from shared.command_settings import CommandSettings
from shared.errors import LedgerConflictError, LedgerRefusedError, LedgerUnavailableError, MfaPhoneError
from shared.retry_after import retry_after_seconds

# The SDK waits 300 s for each of four tries. Two short ones and a pause between them fit the lock many times; the
# change service waits for what takes longer, and it knows how long it may.
_CONNECT_SECONDS = 5.0
_READ_SECONDS = 5.0
_RETRIES = 1
_LONGEST_BACKOFF = 1
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_LOST_RACE = (HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED)
_TABLE_GONE = (TableErrorCode.TABLE_NOT_FOUND, TableErrorCode.TABLE_BEING_DELETED)
_MAY_PASS = (
    HTTPStatus.UNAUTHORIZED,  # a permission may still be granted, and messages wait for it
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_MANY_REQUESTS,
)


class TableStore:
    """The tables of the state storage account; each is created at its first use where it does not exist."""

    def __init__(self, settings: CommandSettings) -> None:
        bounds: dict[str, Any] = {
            "connection_timeout": _CONNECT_SECONDS,
            "read_timeout": _READ_SECONDS,
            "retry_total": _RETRIES,
            "retry_backoff_max": _LONGEST_BACKOFF,
        }
        self._tables: dict[str, TableClient] = {}
        self._credential: ManagedIdentityCredential | None = None
        if settings.state_storage:
            text = settings.state_storage.get_secret_value()
            self._service = TableServiceClient.from_connection_string(text, raw_response_hook=self._look_at, **bounds)
        else:
            self._credential = ManagedIdentityCredential(client_id=settings.state_storage_client_id, **bounds)
            endpoint = settings.state_storage_tables or ""
            self._service = TableServiceClient(
                endpoint, credential=self._credential, raw_response_hook=self._look_at, **bounds
            )

    async def table(self, name: str) -> TableClient:
        """Gives a table. Raises LedgerUnavailableError and LedgerRefusedError."""
        if name not in self._tables:
            # Without a lock: to create a table twice does no harm, to queue for a storage that hangs does.
            async with storage_faults():
                self._tables[name] = await self._service.create_table_if_not_exists(name)
        return self._tables[name]

    async def close(self) -> None:
        """Closes the connections."""
        await self._service.close()
        if self._credential:
            await self._credential.close()

    def _look_at(self, response: PipelineResponse[Any, Any]) -> None:
        """Raises LedgerUnavailableError for what the SDK would hide: the SDK's hook, called at every try.

        It would sleep for as long as a Retry-After says, and take a row of a lost table for a row that is not there.
        """
        answer = response.http_response
        wait = retry_after_seconds(answer.headers.get("Retry-After"), SystemClock().now())
        if answer.status_code in _BUSY and wait is not None:
            message = "The state storage asks for fewer requests."
            raise LedgerUnavailableError(message, retry_after=wait)
        if answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT} and _says_gone(answer):
            self._tables.clear()
            message = "A table of the state storage is gone; it is created again at its next use."
            raise LedgerUnavailableError(message)


@asynccontextmanager
async def storage_faults() -> AsyncIterator[None]:
    """Turns the SDK's exceptions into the LedgerErrors of `shared.errors`, without what they say of a row.

    That a row exists already is an answer, not a fault: it passes. That one does not exist is an answer to whoever
    looks for it; who changes it lost a race.
    """
    problem: MfaPhoneError
    try:
        yield
    except ResourceExistsError:
        raise
    except HttpResponseError as fault:
        problem = _problem(fault)
    except (AzureError, OSError) as fault:
        problem = LedgerUnavailableError(f"The state storage does not answer as it should ({type(fault).__name__}).")
    else:
        return
    raise problem from None


def _problem(fault: HttpResponseError) -> MfaPhoneError:
    # In a transaction neither a failed condition nor a missing row has an exception class of its own.
    status, code = fault.status_code or 0, _code(fault)
    if status in _LOST_RACE and code not in _TABLE_GONE:
        return LedgerConflictError()
    told = f"HTTP {status} {code}".strip() if status else type(fault).__name__
    is_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _MAY_PASS
    if is_refusal and code and code not in _TABLE_GONE:
        return LedgerRefusedError(f"The state storage refuses the request: {told}.", status=status, code=code)
    return LedgerUnavailableError(f"The state storage does not answer as it should ({told}).")


def _code(fault: HttpResponseError) -> str:
    """Gives one of the storage's own error codes; "" where a gateway answered in its place."""
    code = getattr(fault, "error_code", None)
    return str(code.value) if isinstance(code, TableErrorCode) else ""


def _says_gone(answer: Any) -> bool:  # noqa: ANN401 - a response of any of the SDK's transports
    try:
        text = answer.text()
    except AzureError:  # the body of a transaction's answer is not read yet
        text = ""
    return any(code in text or answer.headers.get("x-ms-error-code") == code for code in _TABLE_GONE)
