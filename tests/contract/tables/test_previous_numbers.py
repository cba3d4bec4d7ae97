"""Previous numbers are kept for an undo: the same promises in memory and, encrypted, in Table Storage."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shared.errors import LedgerUnavailableError, UnreadableRowError, VaultUnavailableError
from shared.history_ports import PreviousPhones
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.tables.previous_numbers import TablePreviousNumbers
from shared.tables.previous_text import text_of
from shared.tables.row_keys import hashed_key
from shared.tables.store import TableStore
from shared.vault.envelope import seal
from shared.vault.key_file import FileKeyWrap
from shared.vault.key_wrap import WrappedKey
from tests.fakes.clock import START, MovedClock
from tests.fakes.history import MemoryPreviousNumbers

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
MONTH = timedelta(days=30)
OLD, NEW = PhoneNumber(49, "15123456780"), PhoneNumber(49, "15123456789", "12")
PHONES = PreviousPhones(
    user_id="anna",
    before={PhoneType.MOBILE: OLD, PhoneType.OFFICE: None},
    after={PhoneType.MOBILE: NEW, PhoneType.OFFICE: None},
    unreadable=frozenset({PhoneType.OFFICE}),
    kept_at=START,
)
_KEYS = count(1)

type Previous = MemoryPreviousNumbers | TablePreviousNumbers


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def wrap(tmp_path: Path) -> FileKeyWrap:
    return FileKeyWrap(tmp_path / "undo.key")


@pytest.fixture
def table(store: TableStore, clock: MovedClock, wrap: FileKeyWrap) -> TablePreviousNumbers:
    return TablePreviousNumbers(store, clock, wrap, MONTH)


@pytest.fixture(params=["memory", "tables"])
def previous(request: pytest.FixtureRequest, clock: MovedClock, table: TablePreviousNumbers) -> Previous:
    return MemoryPreviousNumbers(clock, MONTH) if request.param == "memory" else table


def fresh() -> str:
    return f"R-{next(_KEYS)}.a_b:c-d"


async def test_what_a_request_replaced_is_given_back_whole(previous: Previous) -> None:
    key = fresh()
    assert await previous.of(key) is None
    await previous.keep(key, PHONES, anew=False)
    assert await previous.of(key) == PHONES
    assert await previous.of(fresh()) is None


async def test_what_the_first_run_kept_stays(previous: Previous) -> None:
    """A second run finds the request's own number in the directory, and would keep that."""
    key = fresh()
    await previous.keep(key, PHONES, anew=False)
    await previous.keep(key, replace(PHONES, before={PhoneType.MOBILE: NEW}), anew=False)
    assert await previous.of(key) == PHONES


async def test_a_run_before_which_nothing_was_written_keeps_what_it_finds(previous: Previous) -> None:
    """Between two runs somebody may have changed the number by hand."""
    key, changed = fresh(), replace(PHONES, before={PhoneType.MOBILE: NEW})
    await previous.keep(key, PHONES, anew=True)
    await previous.keep(key, changed, anew=True)
    assert await previous.of(key) == changed


async def test_what_was_never_written_is_forgotten(previous: Previous) -> None:
    key = fresh()
    await previous.keep(key, PHONES, anew=True)
    await previous.forget(key)
    await previous.forget(key)
    assert await previous.of(key) is None


async def test_of_two_runs_at_once_one_keeps(previous: Previous) -> None:
    key, other = fresh(), replace(PHONES, before={PhoneType.MOBILE: NEW})
    await asyncio.gather(previous.keep(key, PHONES, anew=False), previous.keep(key, other, anew=False))
    assert await previous.of(key) in (PHONES, other)


async def test_after_the_retention_nothing_is_given_although_the_row_is_still_there(
    previous: Previous, clock: MovedClock
) -> None:
    key = fresh()
    await previous.keep(key, PHONES, anew=False)
    clock.move(seconds=MONTH.total_seconds() - 1)
    assert await previous.of(key) == PHONES
    clock.move(seconds=1)
    assert await previous.of(key) is None


async def test_what_is_past_its_retention_is_deleted_and_nothing_else(previous: Previous) -> None:
    old, young = fresh(), fresh()
    await previous.purge(START - timedelta(days=1000))
    await previous.keep(old, replace(PHONES, kept_at=START - timedelta(days=1001)), anew=False)
    await previous.keep(young, PHONES, anew=False)
    assert await previous.purge(START - timedelta(days=1000)) == 1
    assert await previous.purge(START - timedelta(days=1000)) == 0
    assert await previous.of(old) is None
    assert await previous.of(young) == PHONES


async def row_of(store: TableStore, key: str) -> dict[str, Any]:
    return dict(await (await store.table("previousnumbers")).get_entity(hashed_key(key), "previous"))


async def alter(store: TableStore, key: str, columns: Mapping[str, Any]) -> None:
    row = {"PartitionKey": hashed_key(key), "RowKey": "previous", **columns}
    await (await store.table("previousnumbers")).update_entity(row)


async def test_no_row_holds_a_number_or_a_key_that_somebody_could_read(
    store: TableStore, table: TablePreviousNumbers, tmp_path: Path
) -> None:
    key = fresh()
    await table.keep(key, PHONES, anew=False)
    row = await row_of(store, key)
    told = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
    for secret in (OLD.national.encode(), NEW.national.encode(), b"mobile", (tmp_path / "undo.key").read_bytes()):
        assert secret not in told
    # AES key wrap adds 8 bytes to 32, GCM a tag of 16 to the text.
    assert (len(row["wrappedKey"]), len(row["nonce"])) == (40, 12)
    assert len(row["sealed"]) == len(text_of(PHONES)) + 16


async def test_every_row_has_a_key_and_a_nonce_of_its_own(store: TableStore, table: TablePreviousNumbers) -> None:
    rows = []
    for key in (fresh(), fresh()):
        await table.keep(key, PHONES, anew=False)
        rows.append(await row_of(store, key))
    for column in ("wrappedKey", "nonce", "sealed"):
        assert rows[0][column] != rows[1][column]


@pytest.mark.parametrize("column", ["wrappedKey", "nonce", "sealed"])
async def test_a_row_that_was_altered_is_told_and_shows_nothing(
    store: TableStore, table: TablePreviousNumbers, column: str
) -> None:
    key = fresh()
    await table.keep(key, PHONES, anew=False)
    right = (await row_of(store, key))[column]
    for wrong in (bytes([right[0] ^ 1]) + right[1:], right[:-1], b"", "text"):
        await alter(store, key, {column: wrong})
        with pytest.raises(UnreadableRowError) as fault:
            await table.of(key)
        assert OLD.national not in str(fault.value)
    await alter(store, key, {column: right})
    assert await table.of(key) == PHONES


async def test_a_row_cannot_be_moved_to_another_request_or_user(store: TableStore, table: TablePreviousNumbers) -> None:
    """Whoever may write the table would otherwise have an undo give the attacker's old number to somebody else."""
    key, other = fresh(), fresh()
    await table.keep(key, PHONES, anew=False)
    row = await row_of(store, key)
    await (await store.table("previousnumbers")).create_entity({**row, "PartitionKey": hashed_key(other)})
    with pytest.raises(UnreadableRowError):
        await table.of(other)
    await alter(store, key, {"userId": "ben"})
    with pytest.raises(UnreadableRowError):
        await table.of(key)


async def test_a_row_that_is_made_younger_is_not_given_for_longer(
    store: TableStore, table: TablePreviousNumbers, clock: MovedClock
) -> None:
    key = fresh()
    await table.keep(key, PHONES, anew=False)
    clock.move(days=31)
    await alter(store, key, {"keptAt": clock.now()})
    assert await table.of(key) is None


async def test_a_row_that_lost_a_column_is_told(store: TableStore, table: TablePreviousNumbers) -> None:
    key, rows = fresh(), await store.table("previousnumbers")
    await table.keep(key, PHONES, anew=False)
    row = await row_of(store, key)
    await rows.delete_entity(row["PartitionKey"], row["RowKey"])
    await rows.create_entity({name: value for name, value in row.items() if name != "nonce"})
    with pytest.raises(UnreadableRowError):
        await table.of(key)


async def test_a_row_of_a_later_version_is_told(
    store: TableStore, table: TablePreviousNumbers, wrap: FileKeyWrap
) -> None:
    key = fresh()
    await table.keep(key, PHONES, anew=False)
    later = text_of(PHONES).replace(b'"version":1', b'"version":2')
    sealed = await seal(later, f'["{key}", "anna"]'.encode(), wrap)
    columns = {"wrappedKey": sealed.key.wrapped, "nonce": sealed.nonce, "sealed": sealed.ciphertext}
    await alter(store, key, columns)
    with pytest.raises(UnreadableRowError, match="another version") as fault:
        await table.of(key)
    assert OLD.national not in str(fault.value)


async def test_under_another_key_file_a_row_cannot_be_read(
    store: TableStore, table: TablePreviousNumbers, clock: MovedClock, tmp_path: Path
) -> None:
    key = fresh()
    await table.keep(key, PHONES, anew=False)
    with pytest.raises(UnreadableRowError, match="another one"):
        await TablePreviousNumbers(store, clock, FileKeyWrap(tmp_path / "other.key"), MONTH).of(key)


class _NoVault(FileKeyWrap):
    async def wrap(self, data_key: bytes) -> WrappedKey:
        raise VaultUnavailableError(str(len(data_key)))


async def test_without_the_vault_nothing_is_kept_in_clear_and_the_request_waits(
    store: TableStore, table: TablePreviousNumbers, clock: MovedClock
) -> None:
    key, cut_off = fresh(), TablePreviousNumbers(store, clock, _NoVault(Path("none")), MONTH)
    with pytest.raises(LedgerUnavailableError):
        await cut_off.keep(key, PHONES, anew=False)
    assert await table.of(key) is None
