"""Writes a blob block by block, so that it appears as a whole, whoever else writes it at the same time."""

from base64 import b64encode
from collections.abc import AsyncIterator
from io import BytesIO
from uuid import uuid4

from azure.storage.blob import BlobBlock, ContentSettings
from azure.storage.blob.aio import BlobClient

from shared.blobs.store import report_faults

# A blob takes 50,000 blocks: memory stays flat, and 200 GB fit.
# https://learn.microsoft.com/rest/api/storageservices/put-block
BLOCK_BYTES = 4 * 1024 * 1024


async def write_blocks(blob: BlobClient, parts: AsyncIterator[bytes], content_type: str) -> None:
    """Sends parts as they come; the blob appears when the last one is there, in place of the one before it."""
    blocks: list[BlobBlock] = []
    # Another writer of the same blob sends blocks at the same time: they must not have the same ids, as the SDK's have.
    writer = uuid4().hex
    async for content in _blocks_of(parts):
        blocks.append(BlobBlock(b64encode(f"{writer}{len(blocks):05}".encode()).decode()))
        async with report_faults():
            # As a stream: of large bytes aiohttp warns that they hold up the loop.
            await blob.stage_block(blocks[-1].id, BytesIO(content), len(content))
    async with report_faults():
        await blob.commit_block_list(blocks, content_settings=ContentSettings(content_type=content_type))


async def _blocks_of(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Joins parts to blocks of about one size; a part that is larger stays whole."""
    waiting = bytearray()
    async for part in parts:
        waiting += part
        if len(waiting) >= BLOCK_BYTES:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)
