"""What runs of the reconciliation hand on to each other, in Table Storage: one row, changed by compare-and-set."""

from dataclasses import replace

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from pydantic import TypeAdapter

from shared.errors import LedgerConflictError
from shared.reconciliation.findings import ReconciliationState
from shared.tables.store import TableStore, storage_faults

TABLE = "reconciliation"
_STATE = "state"
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
                row = await table.get_entity(_STATE, _STATE)
            except ResourceNotFoundError:
                return ReconciliationState()
        return replace(_TEXT.validate_json(row["state"]), etag=str(row.metadata["etag"]))

    async def put(self, state: ReconciliationState) -> ReconciliationState:
        """Writes it. Raises LedgerConflictError where it changed since it was read."""
        table = await self._store.table(TABLE)
        text = _TEXT.dump_json(state, exclude={"etag"}).decode()
        row = {"PartitionKey": _STATE, "RowKey": _STATE, "state": text}
        async with storage_faults():
            if state.etag:
                condition = MatchConditions.IfNotModified
                answer = await table.update_entity(
                    row, mode=UpdateMode.REPLACE, etag=state.etag, match_condition=condition
                )
            else:
                try:
                    answer = await table.create_entity(row)
                except ResourceExistsError:
                    raise LedgerConflictError from None
        return replace(state, etag=str(answer["etag"]))
