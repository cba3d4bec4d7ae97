"""Work files keep the same promises in memory and in Blob Storage."""

import asyncio
from itertools import count

import pytest

from shared.blobs.store import BlobStore
from shared.blobs.work_files import BlobWorkFiles
from tests.fakes.sweep import MemoryFiles

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
_MINUTES = count()

type Files = MemoryFiles | BlobWorkFiles


@pytest.fixture(params=["memory", "blobs"])
def files(request: pytest.FixtureRequest, store: BlobStore) -> Files:
    return MemoryFiles() if request.param == "memory" else BlobWorkFiles(store, "sweep-work")


@pytest.fixture
def run() -> str:
    """A run that no other test has."""
    return f"20261126T{next(_MINUTES):04}Z"


async def names(files: Files, run: str, prefix: str = "") -> list[str]:
    return [name async for name in files.names(run, prefix)]


async def test_a_file_is_read_as_it_was_written_and_writing_once_more_replaces_it(files: Files, run: str) -> None:
    await files.write(run, "people/00000", b"one\n\x00\xff")
    assert await files.read(run, "people/00000") == b"one\n\x00\xff"
    await files.write(run, "people/00000", b"two")
    assert await files.read(run, "people/00000") == b"two"


@pytest.mark.parametrize(
    ("start", "length"), [(0, None), (0, 4), (4, 3), (4, None), (8, 100), (9, 1), (10, None), (12, 3), (3, 0)]
)
async def test_a_part_of_a_file_is_what_a_slice_would_be(
    files: Files, run: str, start: int, length: int | None
) -> None:
    await files.write(run, "people/00000", b"0123456789")
    wanted = b"0123456789"[start:][:length]
    assert await files.read(run, "people/00000", start, length) == wanted


async def test_an_empty_file_is_a_file(files: Files, run: str) -> None:
    await files.write(run, "expected/00000", b"")
    assert await files.read(run, "expected/00000") == b""
    assert await files.read(run, "expected/00000", 0, 10) == b""


async def test_a_file_of_many_megabytes_is_read_whole(files: Files, run: str) -> None:
    content = bytes(range(256)) * 160_000
    await files.write(run, "holders/00000", content)
    assert await files.read(run, "holders/00000") == content
    assert await files.read(run, "holders/00000", 35_000_000, 1_000) == content[35_000_000:][:1_000]


@pytest.mark.parametrize("length", [None, 0, 1])
async def test_a_file_that_was_never_written_is_told_apart_from_an_empty_one(
    files: Files, run: str, length: int | None
) -> None:
    with pytest.raises(FileNotFoundError):
        await files.read(run, "people/00007", 0, length)


async def test_names_come_in_order_and_from_this_run_and_prefix_alone(files: Files, run: str) -> None:
    for name in ("people/00010", "people/00002", "registration/00000", "peoples/00000"):
        await files.write(run, name, b"x")
    await files.write(f"{run}x", "people/00003", b"x")
    assert await names(files, run, "people/") == ["people/00002", "people/00010"]
    assert len(await names(files, run)) == 4


async def test_deleting_a_run_leaves_others_and_does_no_harm_twice(files: Files, run: str) -> None:
    other = f"{run}x"
    for name in map(str, range(40)):
        await files.write(run, name, b"x")
    await files.write(other, "0", b"x")
    await files.delete_run(run)
    await files.delete_run(run)
    assert (await names(files, run), await names(files, other)) == ([], ["0"])


async def test_names_are_walked_over_many_pages_of_the_storage(
    store: BlobStore, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The storage answers at most 5,000 names at a time; here it answers ten."""
    files, container = BlobWorkFiles(store, "sweep-work"), await store.container("sweep-work")
    listed = container.list_blob_names
    monkeypatch.setattr(container, "list_blob_names", lambda **told: listed(results_per_page=10, **told))
    wanted = [f"people/{number:05}" for number in range(45)]
    await asyncio.gather(*(files.write(run, name, b"x") for name in reversed(wanted)))
    assert await names(files, run, "people/") == wanted
    await files.delete_run(run)
    assert await names(files, run) == []
