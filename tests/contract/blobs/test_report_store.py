"""Reports in Blob Storage: whole or not at all, and found again by a person."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from itertools import count

import aiohttp
import pytest
from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas

from shared.blobs.blocks import BLOCK_BYTES
from shared.blobs.report_store import BlobReportStore
from shared.blobs.store import BlobStore
from tests.contract.blobs.conftest import settings

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
_CONTAINERS = count()


@pytest.fixture
def container() -> str:
    """A container that no other test has."""
    return f"reports-{next(_CONTAINERS)}"


@pytest.fixture
def reports(store: BlobStore, container: str) -> BlobReportStore:
    return BlobReportStore(store, container)


async def parts(*content: bytes) -> AsyncIterator[bytes]:
    for part in content:
        yield part


async def broken_after(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    for part in content:
        yield part
    raise ZeroDivisionError


async def read(reports: BlobReportStore, run: str, name: str) -> bytes:
    return b"".join([part async for part in reports.read(run, name)])


async def test_a_report_is_joined_from_its_parts_and_has_a_url_and_a_type(
    store: BlobStore, reports: BlobReportStore, container: str
) -> None:
    url = await reports.write(
        "run", "report.html", "text/html; charset=utf-8", parts(b"<p>", b"", b"\xc3\xa4", b"</p>")
    )
    assert await read(reports, "run", "report.html") == b"<p>\xc3\xa4</p>"
    blob = (await store.container(container)).get_blob_client("run/report.html")
    assert url == blob.url
    assert (await blob.get_blob_properties()).content_settings.content_type == "text/html; charset=utf-8"


async def test_a_large_report_goes_in_blocks_and_a_large_part_stays_whole(
    store: BlobStore, reports: BlobReportStore, container: str
) -> None:
    content = [bytes([number]) * 1_000_000 for number in range(13)]
    content.append(b"x" * (2 * BLOCK_BYTES))
    await reports.write("run", "findings.csv", "text/csv", parts(*content))
    assert await read(reports, "run", "findings.csv") == b"".join(content)
    blob = (await store.container(container)).get_blob_client("run/findings.csv")
    committed, waiting = await blob.get_block_list("all")
    assert [block.size for block in committed] == [5_000_000, 5_000_000, 3_000_000 + 2 * BLOCK_BYTES]
    assert waiting == []


async def test_an_empty_report_is_a_file(reports: BlobReportStore) -> None:
    await reports.write("run", "findings.jsonl", "application/x-ndjson", parts())
    assert await read(reports, "run", "findings.jsonl") == b""


async def test_a_report_that_was_cut_off_leaves_the_old_one_and_is_written_anew(reports: BlobReportStore) -> None:
    half = [b"n" * BLOCK_BYTES, b"n"]
    with pytest.raises(ZeroDivisionError):
        await reports.write("run", "report.html", "text/html", broken_after(half))
    with pytest.raises(FileNotFoundError):
        await read(reports, "run", "report.html")
    assert await reports.names("run") == ()
    await reports.write("run", "report.html", "text/html", parts(b"old"))
    with pytest.raises(ZeroDivisionError):
        await reports.write("run", "report.html", "text/html", broken_after(half))
    assert await read(reports, "run", "report.html") == b"old"
    await reports.write("run", "report.html", "text/html", parts(b"new"))
    assert await read(reports, "run", "report.html") == b"new"


async def test_two_writers_of_one_report_leave_that_of_one_of_them(reports: BlobReportStore) -> None:
    """Failure guarded against: blocks of both under the same ids."""
    both_have_sent = asyncio.Barrier(2)

    async def slowly(letter: bytes) -> AsyncIterator[bytes]:
        yield letter * BLOCK_BYTES
        await both_have_sent.wait()
        yield letter

    writing = (reports.write("run", "report.html", "text/html", slowly(letter)) for letter in (b"a", b"b"))
    await asyncio.gather(*writing, return_exceptions=True)
    assert set(await read(reports, "run", "report.html")) in ({ord("a")}, {ord("b")})


async def test_runs_and_their_files_are_listed_in_order(reports: BlobReportStore) -> None:
    assert await reports.runs() == ()
    for run, name in (("20261127T0100Z", "b.csv"), ("20261126T0100Z", "a.csv"), ("20261127T0100Z", "a.html")):
        await reports.write(run, name, "text/csv", parts(b"x"))
    assert await reports.runs() == ("20261126T0100Z", "20261127T0100Z")
    assert await reports.names("20261127T0100Z") == ("a.html", "b.csv")


async def test_no_url_carries_the_key_to_the_storage(azurite: str) -> None:
    """Failure guarded against: a link in a mail that opens all of the account."""
    told = dict(part.split("=", 1) for part in azurite.rstrip(";").split(";"))
    signature = generate_account_sas(
        told["AccountName"],
        told["AccountKey"],
        ResourceTypes(service=True, container=True, object=True),
        AccountSasPermissions(read=True, write=True, create=True, list=True),
        "2099-01-01T00:00:00Z",
    )
    endpoints = f"TableEndpoint={told['TableEndpoint']};BlobEndpoint={told['BlobEndpoint']}"
    store = BlobStore(settings(f"{endpoints};SharedAccessSignature={signature}"))
    url = await BlobReportStore(store, "signed").write("run", "report.html", "text/html", parts(b"x"))
    await store.close()
    assert url == f"{told['BlobEndpoint']}/signed/run/report.html"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status in (401, 403, 404)
