"""Azurite as the stack uses it where it may be killed: what it has acknowledged is there afterwards, as in Azure."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from azure.core.exceptions import AzureError
from azure.data.tables.aio import TableClient, TableServiceClient

from local.azurite import azurite_program, connection_string
from local.children import Child

WRITERS = 8


@asynccontextmanager
async def storage(folder: Path) -> AsyncIterator[tuple[Child, TableClient]]:
    child, ready = await Child.start(azurite_program(folder / "storage"), folder / "logs")
    try:
        async with TableServiceClient.from_connection_string(connection_string(ready), retry_total=0) as service:
            yield child, await service.create_table_if_not_exists("ledger")
    finally:
        await child.stop()


async def test_what_was_acknowledged_outlives_a_kill_and_is_found_on_the_same_port(tmp_path: Path) -> None:
    """Azurite by itself loses what it acknowledged in the last five seconds."""
    acknowledged: set[str] = set()

    async def write(table: TableClient, writer: int) -> None:
        try:
            for number in count():
                await table.create_entity({"PartitionKey": "p", "RowKey": f"{writer}-{number}"})
                acknowledged.add(f"{writer}-{number}")
        except AzureError:
            return

    async with storage(tmp_path) as (child, table):
        writing = [asyncio.create_task(write(table, writer)) for writer in range(WRITERS)]
        while len(acknowledged) < 100:  # noqa: ASYNC110 - the writers have no event for it
            await asyncio.sleep(0.02)
        await child.kill()
        await asyncio.gather(*writing)
        await child.restart()
        kept = {str(row["RowKey"]) async for row in table.list_entities()}
    assert acknowledged <= kept
    assert len(kept - acknowledged) <= WRITERS
