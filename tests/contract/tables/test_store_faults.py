"""What the state storage's faults mean, and that none of them lasts longer than the lock."""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.errors import LedgerConflictError, LedgerRefusedError, LedgerUnavailableError
from shared.settings import Settings
from shared.tables.notifications import TableNotificationLog
from shared.tables.store import TableStore, storage_faults
from tests.contract.directory.far_end import FarEnd, answer, running_far_end
from tests.fakes.clock import MovedClock
from tests.unit.test_settings import BUS, KEY

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
ROW = "some-event"
SECRET = "+4915123456789"
SILENCE = b""


def settings(connection: str) -> Settings:
    told = {"ServiceBusConnection": BUS, "StateStorage": connection, "mail_sender": "a@b.c"}
    return Settings.model_validate({**told, "number_hmac_key": KEY, "undo_key_file": "undo.key"})


def _connection(endpoint: str) -> str:
    account = "DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5"
    return f"{account};TableEndpoint={endpoint};BlobEndpoint={endpoint}"


def error(status: int, code: str = "", **headers: str) -> bytes:
    body = f'{{"odata.error": {{"code": "{code}", "message": {{"lang": "en-US", "value": "{SECRET} is odd"}}}}}}'
    return answer(status, body if code else f"<html>{SECRET}</html>", content_type="application/json", headers=headers)


@pytest_asyncio.fixture(loop_scope="package")
async def far() -> AsyncIterator[FarEnd]:
    """A storage that has the table and says of a row what a test tells it."""
    async with running_far_end() as running:
        running.says("POST", "/Tables", error(409, "TableAlreadyExists"))
        yield running


@pytest_asyncio.fixture(loop_scope="package")
async def odd_store(far: FarEnd) -> AsyncIterator[TableStore]:
    endpoint = far.url.replace("/v1.0", "/account")
    store = TableStore(settings(_connection(endpoint)))
    yield store
    await store.close()


def says_of_a_row(far: FarEnd, *said: bytes) -> None:
    for method in ("GET", "PATCH", "PUT"):
        far.says(method, ")", *said)


async def ask(store: TableStore) -> bool:
    return await TableNotificationLog(store, MovedClock()).was_sent(ROW, "anna@contoso.example")


async def tell(store: TableStore) -> None:
    await TableNotificationLog(store, MovedClock()).mark_sent(ROW, "anna@contoso.example")


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "InvalidInput"), (400, "PropertyValueTooLarge"), (405, "MethodNotAllowed"), (413, "RequestBodyTooLarge")],
)
async def test_what_the_storage_would_refuse_again_is_a_refusal(
    far: FarEnd, odd_store: TableStore, status: int, code: str
) -> None:
    says_of_a_row(far, error(status, code))
    with pytest.raises(LedgerRefusedError) as fault:
        await tell(odd_store)
    assert (fault.value.status, fault.value.code) == (status, code)
    assert SECRET not in "".join(traceback.format_exception(fault.value))


@pytest.mark.parametrize(
    "said",
    [
        error(401, "InvalidAuthenticationInfo"),
        error(403, "AuthorizationFailure"),
        error(403, "AuthenticationFailed"),
        error(408, "OperationTimedOut"),
        error(409, "ResourceTypeMismatch"),
        error(429, "ServerBusy"),
        error(500, "InternalError"),
        error(503, "ServerBusy"),
        error(599),
        error(400),
        error(413),
        error(200),
        answer(302, headers={"Location": "/elsewhere"}),
        b"no http\r\n\r\n",
    ],
    ids=lambda said: said.split(b"\r\n")[0].decode(),
)
async def test_what_may_pass_is_transient(far: FarEnd, odd_store: TableStore, said: bytes) -> None:
    says_of_a_row(far, said)
    for call in (ask, tell):
        if (call, said[9:12]) == (tell, b"200"):  # a write's answer has no body to look at
            continue
        with pytest.raises(LedgerUnavailableError) as fault:
            await call(odd_store)
        assert SECRET not in "".join(traceback.format_exception(fault.value))


async def test_that_a_row_does_not_exist_is_an_answer(far: FarEnd, odd_store: TableStore) -> None:
    says_of_a_row(far, error(404, "ResourceNotFound"))
    assert await ask(odd_store) is False


@pytest.mark.parametrize(("status", "code"), [(404, "TableNotFound"), (409, "TableBeingDeleted")])
async def test_a_lost_table_is_no_missing_row_and_is_created_again(
    far: FarEnd, odd_store: TableStore, status: int, code: str
) -> None:
    """Failure guarded against: a lost table of watermarks says of every phone that no newer request wrote it."""
    says_of_a_row(far, error(status, code))
    with pytest.raises(LedgerUnavailableError):
        await ask(odd_store)
    says_of_a_row(far, error(404, "ResourceNotFound"))
    assert await ask(odd_store) is False
    assert [method for method, path in far.asked if path.endswith("/Tables")] == ["POST", "POST"]


async def test_a_table_that_is_still_being_deleted_is_not_taken_for_one_that_exists(
    far: FarEnd, odd_store: TableStore
) -> None:
    far.says("POST", "/Tables", error(409, "TableBeingDeleted"), answer(204))
    with pytest.raises(LedgerUnavailableError):
        await odd_store.table("notes")
    assert (await odd_store.table("notes")).table_name == "notes"


async def test_a_table_that_could_not_be_created_is_tried_again(far: FarEnd, odd_store: TableStore) -> None:
    far.says(
        "POST",
        "/Tables",
        error(500, "InternalError"),
        error(500, "InternalError"),
        error(403, "AuthorizationFailure"),
        error(409, "TableAlreadyExists"),
    )
    for _ in range(2):
        with pytest.raises(LedgerUnavailableError):
            await odd_store.table("notes")
    assert (await odd_store.table("notes")).table_name == "notes"


async def test_a_deleted_table_is_created_again_by_the_real_storage(azurite: str) -> None:
    store = TableStore(settings(azurite))
    table = await store.table("shortlived")
    await store._service.delete_table("shortlived")  # noqa: SLF001 - as a person would do it
    with pytest.raises(LedgerUnavailableError):
        async with storage_faults():
            await table.get_entity("a", "b")
    async with storage_faults():
        await (await store.table("shortlived")).create_entity({"PartitionKey": "a", "RowKey": "b"})
    await store.close()


async def test_changing_a_row_that_is_gone_is_a_lost_race(store: TableStore) -> None:
    table = await store.table("races")
    with pytest.raises(LedgerConflictError):
        async with storage_faults():
            await table.update_entity({"PartitionKey": "a", "RowKey": "gone"})
    with pytest.raises(LedgerConflictError):
        async with storage_faults():
            await table.submit_transaction([("update", {"PartitionKey": "a", "RowKey": "gone"})])


async def test_the_real_storage_refuses_what_no_row_may_hold(store: TableStore) -> None:
    table = await store.table("races")
    row = {"PartitionKey": "a", "RowKey": "b", "text": "x" * 70_000}
    with pytest.raises(LedgerRefusedError):
        async with storage_faults():
            await table.upsert_entity(row)


async def test_a_storage_that_never_answers_is_given_up_in_time(far: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    """Failure guarded against: 300 s for each of the SDK's tries."""
    monkeypatch.setattr("shared.tables.store._READ_SECONDS", 0.2)
    says_of_a_row(far, SILENCE)
    endpoint = far.url.replace("/v1.0", "/account")
    store = TableStore(settings(_connection(endpoint)))
    started = time.monotonic()
    with pytest.raises(LedgerUnavailableError):
        await ask(store)
    assert time.monotonic() - started < 3
    assert len([method for method, _ in far.asked if method == "GET"]) == 2
    far.says("POST", "/Tables", SILENCE)
    started = time.monotonic()
    waiting = [store.table(f"table{number}") for number in range(10)]
    assert all(
        isinstance(found, LedgerUnavailableError) for found in await asyncio.gather(*waiting, return_exceptions=True)
    )
    assert time.monotonic() - started < 3
    await store.close()


@pytest.mark.parametrize("status", [429, 503])
async def test_a_long_retry_after_is_told_and_not_slept_through(
    far: FarEnd, odd_store: TableStore, status: int
) -> None:
    says_of_a_row(far, error(status, "ServerBusy", **{"Retry-After": "120"}))
    started = time.monotonic()
    with pytest.raises(LedgerUnavailableError) as fault:
        await ask(odd_store)
    assert fault.value.retry_after == 120
    assert time.monotonic() - started < 3
