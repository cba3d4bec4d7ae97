"""The sweep's reports in Blob Storage: a folder per run, a file of which nobody sees a half."""

from collections.abc import AsyncIterator

from shared.blobs.blocks import write_blocks
from shared.blobs.store import BlobStore, report_faults

_FOLDER_END = "/"


class BlobReportStore:
    """Where reports are kept for people."""

    def __init__(self, store: BlobStore, container: str) -> None:
        self._store = store
        self._container = container

    async def write(self, run_id: str, name: str, content_type: str, parts: AsyncIterator[bytes]) -> str:
        """Writes a file from its parts, as they come, and gives its URL; once more writes it anew.

        It appears when its last part is there; until then readers see the file of that name that was there before.
        """
        container = await self._store.container(self._container)
        blob = container.get_blob_client(f"{run_id}/{name}")
        await write_blocks(blob, parts, content_type)
        # Where the storage is reached by a signature, the SDK's URL carries it.
        return str(blob.url).partition("?")[0]

    async def runs(self) -> tuple[str, ...]:
        """Gives the ids of the runs that have reports, the oldest first."""
        container = await self._store.container(self._container)
        async with report_faults():
            found = [item.name async for item in container.walk_blobs(delimiter=_FOLDER_END)]
        return tuple(name.removesuffix(_FOLDER_END) for name in found if name.endswith(_FOLDER_END))

    async def names(self, run_id: str) -> tuple[str, ...]:
        """Gives the names of a run's files, in order."""
        container = await self._store.container(self._container)
        async with report_faults():
            found = container.list_blob_names(name_starts_with=f"{run_id}{_FOLDER_END}")
            return tuple([name.partition(_FOLDER_END)[2] async for name in found])

    async def read(self, run_id: str, name: str) -> AsyncIterator[bytes]:
        """Reads a file, part by part. Raises FileNotFoundError."""
        container = await self._store.container(self._container)
        async with report_faults():
            stream = await container.download_blob(f"{run_id}/{name}")
            async for part in stream.chunks():
                yield part
