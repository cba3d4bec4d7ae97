"""What the report storage's faults mean, and that none of them lasts for long."""

import asyncio
import traceback
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.blobs.report_store import BlobReportStore
from shared.blobs.store import BlobStore
from shared.blobs.work_files import BlobWorkFiles
from shared.errors import LedgerRefusedError, LedgerUnavailableError
from tests.contract.blobs.conftest import settings
from tests.contract.directory.far_end import FarEnd, answer, running_far_end

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
SECRET = "+4915123456789"
SILENCE = b""
RUN, NAME = "20261126T0100Z", "people/00000"


def error(status: int, code: str = "", **headers: str) -> bytes:
    body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{SECRET} is odd</Message></Error>'
    told = {"x-ms-error-code": code} | headers if code else headers
    return answer(status, body if code else f"<html>{SECRET}</html>", content_type="application/xml", headers=told)


@pytest_asyncio.fixture(loop_scope="package")
async def far() -> AsyncIterator[FarEnd]:
    """A storage that has the container and says of a file what a test tells it."""
    async with running_far_end() as running:
        running.says("PUT", "/work", error(409, "ContainerAlreadyExists"))
        yield running


def opened(far: FarEnd) -> BlobStore:
    endpoint = far.url.replace("/v1.0", "/account")
    account = "DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5"
    return BlobStore(settings(f"{account};TableEndpoint={endpoint};BlobEndpoint={endpoint}"))


@pytest_asyncio.fixture(loop_scope="package")
async def odd_store(far: FarEnd, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BlobStore]:
    monkeypatch.setattr("shared.blobs.store._BACKOFF", 0)
    store = opened(far)
    yield store
    await store.close()


async def nothing() -> AsyncIterator[bytes]:
    yield b"x"


async def write(store: BlobStore) -> None:
    await BlobWorkFiles(store, "work").write(RUN, NAME, b"x")


async def read(store: BlobStore) -> None:
    await BlobWorkFiles(store, "work").read(RUN, NAME)


async def walk(store: BlobStore) -> None:
    async for _ in BlobWorkFiles(store, "work").names(RUN, ""):
        pass


async def report(store: BlobStore) -> None:
    await BlobReportStore(store, "work").write(RUN, NAME, "text/html", nothing())


async def delete(store: BlobStore) -> None:
    await BlobWorkFiles(store, "work")._delete(RUN, NAME)  # noqa: SLF001 - one of many


def says(far: FarEnd, *said: bytes) -> None:
    for method in ("GET", "PUT", "DELETE"):
        far.says(method, NAME, *said)
    far.says("GET", "/work", *said)


CALLS = (write, read, walk, report, delete)


@pytest.mark.parametrize(
    "said",
    [
        error(401, "InvalidAuthenticationInfo"),
        error(403, "AuthorizationFailure"),
        error(403, "AuthenticationFailed"),
        error(408, "OperationTimedOut"),
        error(409, "SnapshotsPresent"),
        error(412, "ConditionNotMet"),
        error(429, "ServerBusy"),
        error(500, "InternalError"),
        error(503, "ServerBusy"),
        error(400),
        error(404),
        error(400, "InvalidBlockList"),
        b"no http\r\n\r\n",
    ],
    ids=lambda said: said.split(b"\r\n")[0].decode(),
)
async def test_what_may_pass_is_transient(far: FarEnd, odd_store: BlobStore, said: bytes) -> None:
    says(far, said)
    for call in CALLS:
        with pytest.raises(LedgerUnavailableError) as fault:
            await call(odd_store)
        assert SECRET not in "".join(traceback.format_exception(fault.value))


async def test_what_would_be_refused_again_is_a_refusal(far: FarEnd, odd_store: BlobStore) -> None:
    says(far, error(413, "RequestBodyTooLarge"))
    for call in CALLS:
        with pytest.raises(LedgerRefusedError) as fault:
            await call(odd_store)
        assert (fault.value.status, fault.value.code) == (413, "RequestBodyTooLarge")
        assert SECRET not in "".join(traceback.format_exception(fault.value))


async def test_a_long_retry_after_is_told_and_not_slept_through(far: FarEnd, odd_store: BlobStore) -> None:
    says(far, error(503, "ServerBusy", **{"Retry-After": "120"}))
    for call in CALLS:
        with pytest.raises(LedgerUnavailableError) as fault:
            await call(odd_store)
        assert fault.value.retry_after == 120


@pytest.mark.parametrize(("status", "code"), [(404, "ContainerNotFound"), (409, "ContainerBeingDeleted")])
async def test_a_file_of_a_lost_container_is_not_taken_for_one_that_was_never_written(
    far: FarEnd, odd_store: BlobStore, status: int, code: str
) -> None:
    """Failure guarded against: a step's rows are left out in silence, and the run calls itself complete."""
    says(far, error(status, code))
    for call in CALLS:
        with pytest.raises(LedgerUnavailableError):
            await call(odd_store)
    assert (
        len([path for method, path in far.asked if (method, path.partition("?")[0]) == ("PUT", "/account/work")]) == 5
    )


async def test_a_file_that_does_not_exist_is_an_answer(far: FarEnd, odd_store: BlobStore) -> None:
    says(far, error(404, "BlobNotFound"))
    with pytest.raises(FileNotFoundError):
        await read(odd_store)
    await delete(odd_store)


async def test_a_storage_that_never_answers_is_given_up_in_time(far: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    """Failure guarded against: a minute for each of the SDK's four tries, and as long between them."""
    monkeypatch.setattr("shared.blobs.store._READ_SECONDS", 0.2)
    monkeypatch.setattr("shared.blobs.store._BACKOFF", 0)
    says(far, SILENCE)
    store = opened(far)
    for call in CALLS:
        async with asyncio.timeout(10):
            with pytest.raises(LedgerUnavailableError):
                await call(store)
    assert len([path for method, path in far.asked if (method, path.partition("?")[0][-12:]) == ("DELETE", NAME)]) == 2
    await store.close()


async def test_a_storage_that_is_down_is_a_fault_that_passes() -> None:
    endpoint = "http://127.0.0.1:1/account"
    account = "DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5"
    store = BlobStore(settings(f"{account};TableEndpoint={endpoint};BlobEndpoint={endpoint}"))
    with pytest.raises(LedgerUnavailableError):
        await store.container("work")
    await store.close()


async def test_a_deleted_container_is_created_again_by_the_real_storage(azurite: str) -> None:
    store = BlobStore(settings(azurite))
    files = BlobWorkFiles(store, "shortlived")
    await files.write(RUN, NAME, b"x")
    await (await store.container("shortlived")).delete_container()
    with pytest.raises(LedgerUnavailableError):
        await files.read(RUN, NAME)
    with pytest.raises(FileNotFoundError):
        await files.read(RUN, NAME)
    await files.write(RUN, NAME, b"y")
    assert await files.read(RUN, NAME) == b"y"
    await store.close()
