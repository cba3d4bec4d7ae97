"""Opens the state storage's blob containers once per worker, and tells its faults in the product's own words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError
from azure.core.pipeline import PipelineResponse
from azure.identity.aio import ManagedIdentityCredential
from azure.storage.blob import StorageErrorCode
from azure.storage.blob.aio import BlobServiceClient, ContainerClient, ExponentialRetry

from shared.clock import SystemClock
from shared.command_settings import CommandSettings
from shared.errors import LedgerRefusedError, LedgerUnavailableError, MfaPhoneError
from shared.retry_after import retry_after_seconds

# The SDK waits a minute for each of four tries, and as long between them. The sweep waits for what takes longer, on its
# queue. A read that goes on may last longer than one silence of the storage.
_CONNECT_SECONDS = 5.0
_READ_SECONDS = 15.0
_RETRIES = 1
_BACKOFF = 1
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_CONTAINER_GONE = (StorageErrorCode.CONTAINER_NOT_FOUND, StorageErrorCode.CONTAINER_BEING_DELETED)
_MAY_PASS = (
    HTTPStatus.UNAUTHORIZED,  # a permission may still be granted
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED,  # a file was written anew while it was read
    HTTPStatus.TOO_MANY_REQUESTS,
)
# Another writer of the same file was done first, and with that the blocks that this one has sent are gone.
_BLOCKS_GONE = StorageErrorCode.INVALID_BLOCK_LIST


class BlobStore:
    """The blob containers of the state storage account; each is created at its first use where it does not exist."""

    def __init__(self, settings: CommandSettings) -> None:
        bounds: dict[str, Any] = {"connection_timeout": _CONNECT_SECONDS, "read_timeout": _READ_SECONDS}
        told: dict[str, Any] = {
            **bounds,
            "retry_policy": ExponentialRetry(
                initial_backoff=_BACKOFF, increment_base=0, retry_total=_RETRIES, random_jitter_range=0
            ),
            "raw_response_hook": self._look_at,
        }
        self._containers: dict[str, ContainerClient] = {}
        self._credential: ManagedIdentityCredential | None = None
        if settings.state_storage:
            text = settings.state_storage.get_secret_value()
            self._service = BlobServiceClient.from_connection_string(text, **told)
        else:
            self._credential = ManagedIdentityCredential(
                client_id=settings.state_storage_client_id, retry_total=_RETRIES, retry_backoff_max=_BACKOFF, **bounds
            )
            self._service = BlobServiceClient(settings.state_storage_blobs or "", self._credential, **told)

    async def container(self, name: str) -> ContainerClient:
        """Gives a container. Raises LedgerUnavailableError and LedgerRefusedError."""
        if name not in self._containers:
            # Without a lock: to create a container twice does no harm, to queue for a storage that hangs does.
            container = self._service.get_container_client(name)
            async with report_faults():
                try:
                    await container.create_container()
                except ResourceExistsError as fault:
                    # The SDK takes every 409 for that.
                    if _code(fault) != StorageErrorCode.CONTAINER_ALREADY_EXISTS:
                        raise
            self._containers[name] = container
        return self._containers[name]

    async def close(self) -> None:
        """Closes the connections."""
        await self._service.close()
        if self._credential:
            await self._credential.close()

    def _look_at(self, response: PipelineResponse[Any, Any]) -> None:
        """Raises LedgerUnavailableError for what would be misread: the SDK's hook, called at every try.

        A file of a lost container would be taken for a file that was never written.
        """
        answer = response.http_response
        wait = retry_after_seconds(answer.headers.get("Retry-After"), SystemClock().now())
        if answer.status_code in _BUSY and wait is not None:
            message = "The report storage asks for fewer requests."
            raise LedgerUnavailableError(message, retry_after=wait)
        if answer.headers.get("x-ms-error-code") in _CONTAINER_GONE:
            self._containers.clear()
            message = "A container of the report storage is gone; it is created again at its next use."
            raise LedgerUnavailableError(message)


@asynccontextmanager
async def report_faults() -> AsyncIterator[None]:
    """Turns the SDK's exceptions into the LedgerErrors of `shared.errors`, without what they say of a file.

    That a file does not exist is an answer, not a fault, and becomes FileNotFoundError.
    """
    problem: Exception
    try:
        yield
    except HttpResponseError as fault:
        problem = _problem(fault)
    except (AzureError, OSError) as fault:
        problem = LedgerUnavailableError(f"The report storage does not answer as it should ({type(fault).__name__}).")
    else:
        return
    raise problem from None


def _problem(fault: HttpResponseError) -> MfaPhoneError | FileNotFoundError:
    status, code = fault.status_code or 0, _code(fault)
    if code == StorageErrorCode.BLOB_NOT_FOUND:
        return FileNotFoundError("The report storage has no file of that name.")
    told = f"HTTP {status} {code}".strip() if status else type(fault).__name__
    is_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _MAY_PASS
    if is_refusal and code and code != _BLOCKS_GONE:
        return LedgerRefusedError(f"The report storage refuses the request: {told}.", status=status, code=code)
    return LedgerUnavailableError(f"The report storage does not answer as it should ({told}).")


def _code(fault: HttpResponseError) -> str:
    """Gives one of the storage's own error codes; "" where a gateway answered in its place."""
    code = getattr(fault, "error_code", None)
    return str(StorageErrorCode(code).value) if code in set(StorageErrorCode) else ""
