"""The work files of the sweep in Blob Storage: a folder per run."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus

from azure.core.exceptions import HttpResponseError

from shared.blobs.blocks import BLOCK_BYTES, write_blocks
from shared.blobs.store import BlobStore, report_faults

# Larger bytes hold up the event loop, says aiohttp.
_SENT_AT_ONCE = 1024 * 1024
_DELETED_AT_ONCE = 16
_TYPE = "application/octet-stream"


class BlobWorkFiles:
    """What a run has read so far. A file appears whole or not at all."""

    def __init__(self, store: BlobStore, container: str) -> None:
        self._store = store
        self._container = container

    async def write(self, run_id: str, name: str, content: bytes) -> None:
        """Writes a file, also over one of the same name."""
        container = await self._store.container(self._container)
        if len(content) > _SENT_AT_ONCE:
            await write_blocks(container.get_blob_client(f"{run_id}/{name}"), _all_of(content), _TYPE)
            return
        async with report_faults():
            await container.upload_blob(f"{run_id}/{name}", content, overwrite=True)

    async def read(self, run_id: str, name: str, start: int = 0, length: int | None = None) -> bytes:
        """Reads a file, or a part of it; less where the file ends before. Raises FileNotFoundError."""
        container = await self._store.container(self._container)
        # No range is empty, and yet the file may be missing.
        wanted = None if length is None else max(length, 1)
        async with report_faults():
            try:
                stream = await container.download_blob(f"{run_id}/{name}", start, wanted)
                content = await stream.readall()
            except HttpResponseError as fault:
                # The file ends before the part begins.
                if fault.status_code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                    raise
                content = b""
        return content[:length]

    async def names(self, run_id: str, prefix: str) -> AsyncIterator[str]:
        """Walks the names that begin so, in order."""
        container = await self._store.container(self._container)
        async with report_faults():
            async for name in container.list_blob_names(name_starts_with=f"{run_id}/{prefix}"):
                yield name.partition("/")[2]

    async def delete_run(self, run_id: str) -> None:
        """Deletes all files of a run; once more does no harm."""
        names = [name async for name in self.names(run_id, "")]
        for start in range(0, len(names), _DELETED_AT_ONCE):
            await asyncio.gather(*(self._delete(run_id, name) for name in names[start : start + _DELETED_AT_ONCE]))

    async def _delete(self, run_id: str, name: str) -> None:
        container = await self._store.container(self._container)
        try:
            async with report_faults():
                await container.delete_blob(f"{run_id}/{name}")
        except FileNotFoundError:
            return


async def _all_of(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), BLOCK_BYTES):
        yield content[start : start + BLOCK_BYTES]
