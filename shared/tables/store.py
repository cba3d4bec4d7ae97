"""Opens the state storage's tables once per worker, and tells its faults in the product's own words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables.aio import TableClient, TableServiceClient
from azure.identity.aio import ManagedIdentityCredential

from shared.errors import LedgerConflictError, LedgerUnavailableError
from shared.settings import Settings

_RETRIES = 2


class TableStore:
    """The tables of the state storage account; each is created at its first use where it does not exist."""

    def __init__(self, settings: Settings) -> None:
        self._credential: ManagedIdentityCredential | None = None
        if settings.state_storage:
            text = settings.state_storage.get_secret_value()
            self._service = TableServiceClient.from_connection_string(text, retry_total=_RETRIES)
        else:
            self._credential = ManagedIdentityCredential(client_id=settings.state_storage_client_id)
            endpoint = settings.state_storage_tables or ""
            self._service = TableServiceClient(endpoint, credential=self._credential, retry_total=_RETRIES)
        self._tables: dict[str, TableClient] = {}
        self._lock = asyncio.Lock()

    async def table(self, name: str) -> TableClient:
        """Gives a table. Raises LedgerUnavailableError."""
        if name not in self._tables:
            async with self._lock:
                if name not in self._tables:
                    async with storage_faults():
                        self._tables[name] = await self._service.create_table_if_not_exists(name)
        return self._tables[name]

    async def close(self) -> None:
        """Closes the connections."""
        await self._service.close()
        if self._credential:
            await self._credential.close()


@asynccontextmanager
async def storage_faults() -> AsyncIterator[None]:
    """Turns the SDK's exceptions into LedgerConflictError and LedgerUnavailableError.

    That a row exists or does not exist is an answer, not a fault: those two pass.
    """
    try:
        yield
    except (ResourceExistsError, ResourceNotFoundError):
        raise
    except (AzureError, OSError) as fault:
        # In a transaction a failed condition has no exception class of its own.
        if isinstance(fault, HttpResponseError) and fault.status_code == HTTPStatus.PRECONDITION_FAILED:
            raise LedgerConflictError from fault
        message = f"The state storage does not answer as it should ({type(fault).__name__})."
        raise LedgerUnavailableError(message) from fault
