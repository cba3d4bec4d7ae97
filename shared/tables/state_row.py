"""One row that several workers change by compare-and-set."""

from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from shared.errors import LedgerConflictError
from shared.tables.store import storage_faults

STATE = "state"


async def put_state(table: TableClient, columns: dict[str, Any], etag: str) -> str:
    """Writes the row, and gives its new etag; an empty one stands for a row that is not there yet.

    Raises LedgerConflictError where it changed since it was read.
    """
    row = {"PartitionKey": STATE, "RowKey": STATE, **columns}
    async with storage_faults():
        if etag:
            condition = MatchConditions.IfNotModified
            answer = await table.update_entity(row, mode=UpdateMode.REPLACE, etag=etag, match_condition=condition)
        else:
            try:
                answer = await table.create_entity(row)
            except ResourceExistsError:
                raise LedgerConflictError from None
    return str(answer["etag"])
