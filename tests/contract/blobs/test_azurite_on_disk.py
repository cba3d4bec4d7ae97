"""Azurite as the stack uses it where it may be killed: the files that it has acknowledged are whole afterwards."""

import asyncio
from itertools import count
from pathlib import Path

from local.azurite import azurite_program, connection_string
from local.children import Child
from shared.blobs.store import BlobStore
from shared.blobs.work_files import BlobWorkFiles
from shared.errors import LedgerUnavailableError
from tests.contract.blobs.conftest import settings

WRITERS = 8
RUN = "20261126T0100Z"


def content(name: str, turn: int) -> bytes:
    return f"{name} {turn};".encode() * 2_000


async def test_files_that_were_acknowledged_outlive_a_kill_also_those_that_were_written_over(tmp_path: Path) -> None:
    acknowledged: dict[str, int] = {}
    child, ready = await Child.start(azurite_program(tmp_path / "storage"), tmp_path / "logs")
    store = BlobStore(settings(connection_string(ready)))
    files = BlobWorkFiles(store, "sweep-work")

    async def write(writer: int) -> None:
        try:
            for turn in count():
                name = f"{writer}/{turn % 5}"
                await files.write(RUN, name, content(name, turn))
                acknowledged[name] = turn
        except LedgerUnavailableError:
            return

    try:
        writing = [asyncio.create_task(write(writer)) for writer in range(WRITERS)]
        while sum(acknowledged.values()) < 100:  # noqa: ASYNC110 - the writers have no event for it
            await asyncio.sleep(0.02)
        await child.kill()
        await asyncio.gather(*writing)
        await child.restart()
        for name, turn in acknowledged.items():
            # What was on its way may have come through, or not.
            assert await files.read(RUN, name) in (content(name, turn), content(name, turn + 5))
    finally:
        await store.close()
        await child.stop()
