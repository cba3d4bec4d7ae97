"""What runs of the reconciliation hand on to each other, in Table Storage: one row, changed by compare-and-set."""

from dataclasses import replace

from azure.core.exceptions import ResourceNotFoundError
from pydantic import TypeAdapter

from shared.reconciliation.findings import ReconciliationState
from shared.tables.state_row import STATE, put_state
from shared.tables.store import TableStore, storage_faults

TABLE = "reconciliation"
_TEXT = TypeAdapter(ReconciliationState)


class TableReconciliationLog:
    """The state of the reconciliation."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def state(self) -> ReconciliationState:
        """Gives it; before the first run it is empty."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            try:
                row = await table.get_entity(STATE, STATE)
            except ResourceNotFoundError:
                return ReconciliationState()
        return replace(_TEXT.validate_json(row["state"]), etag=str(row.metadata["etag"]))

    async def put(self, state: ReconciliationState) -> ReconciliationState:
        """Writes it. Raises LedgerConflictError where it changed since it was read."""
        table = await self._store.table(TABLE)
        text = _TEXT.dump_json(state, exclude={"etag"}).decode()
        return replace(state, etag=await put_state(table, {"state": text}, state.etag))
