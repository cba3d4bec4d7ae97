"""What the chains of a run have written down so far, read again."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from shared.compliance.rows import Protection, Unavailable
from shared.directory_user import Undetermined
from shared.sweep.chains.gathering import PROTECTION_FILE
from shared.sweep.chains.listing import unavailable_file
from shared.sweep.kinds import PROTECTION, UNAVAILABLE
from shared.sweep.ports import WorkFiles
from shared.sweep.stepping import file_of
from shared.sweep.words import Chain
from shared.sweep.work_file import HEADER_LENGTH, RowKind, Share

_EVERY_ROW = 1
_AHEAD = 8


async def unavailable(files: WorkFiles, run_id: str, chain: Chain) -> Unavailable | None:
    """Gives why a source could not be read; None where it could, or where that is not known yet."""
    try:
        return UNAVAILABLE.validate_json(await files.read(run_id, unavailable_file(chain)))
    except FileNotFoundError:
        return None


async def protection(files: WorkFiles, run_id: str) -> Protection:
    """Gives whom policy protects; nothing of it is known where the run was cut short before it was read."""
    try:
        return PROTECTION.validate_json(await files.read(run_id, PROTECTION_FILE))
    except FileNotFoundError:
        return Protection(undetermined=frozenset(Undetermined))


async def page[T](files: WorkFiles, run_id: str, chain: Chain, step: int, kind: RowKind[T]) -> tuple[T, ...]:
    """Gives the rows of one step; none where the step wrote no file."""
    try:
        content = await files.read(run_id, file_of(chain, step))
    except FileNotFoundError:
        return ()
    return tuple(kind.whole(content))


def share_of[T](files: WorkFiles, run_id: str, chain: Chain, kind: RowKind[T], share: Share) -> AsyncIterator[T]:
    """Walks a chain's rows about a share of the people, in the order in which they were written down."""
    return stretches(files, run_id, f"{chain}/", kind, share)


async def stretches[T](files: WorkFiles, run_id: str, prefix: str, kind: RowKind[T], share: Share) -> AsyncIterator[T]:
    """Walks the rows of a share in all files whose names begin so; a few files are fetched ahead, no more."""
    ahead: deque[asyncio.Task[bytes]] = deque()
    try:
        async for name in files.names(run_id, prefix):
            ahead.append(asyncio.create_task(_stretch(files, run_id, name, share)))
            if len(ahead) >= _AHEAD:
                for row in kind.unpacked(await ahead.popleft()):
                    yield row
        while ahead:
            for row in kind.unpacked(await ahead.popleft()):
                yield row
    finally:
        for task in ahead:
            task.cancel()


async def _stretch(files: WorkFiles, run_id: str, name: str, share: Share) -> bytes:
    if share.of == _EVERY_ROW:
        return (await files.read(run_id, name))[HEADER_LENGTH:]
    start, length = share.stretch(await files.read(run_id, name, 0, HEADER_LENGTH))
    return await files.read(run_id, name, start, length) if length else b""
