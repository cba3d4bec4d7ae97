"""Who has which number: the same answers in memory and from Table Storage."""

import inspect
from datetime import timedelta
from itertools import count

import pytest

from shared.history_ports import NumberHolder
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.tables.number_index import TableNumberIndex
from shared.tables.store import TableStore
from tests.fakes.clock import START
from tests.fakes.history import MemoryNumberIndex

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
KEY, OLD_KEY = b"k" * 32, b"o" * 32
LATER = START + timedelta(hours=1)
_DIGITS = count(10_000)

type Numbers = MemoryNumberIndex | TableNumberIndex


@pytest.fixture(params=["memory", "tables"])
def numbers(request: pytest.FixtureRequest, store: TableStore) -> Numbers:
    return MemoryNumberIndex() if request.param == "memory" else TableNumberIndex(store)


def fresh() -> PhoneNumber:
    """A number that no other test uses."""
    return PhoneNumber(49, f"151234{next(_DIGITS)}")


def hashes(number: PhoneNumber) -> tuple[str, str]:
    return number.keyed_hash(KEY), number.keyed_hash(OLD_KEY)


async def test_everybody_who_was_noted_for_a_number_has_it_and_nobody_else(numbers: Numbers) -> None:
    number, other = fresh(), fresh()
    await numbers.note(hashes(number)[0], "anna", PhoneType.MOBILE, START)
    await numbers.note(hashes(number)[0], "ben", PhoneType.OFFICE, LATER)
    assert await numbers.holders(hashes(number)) == (NumberHolder("ben", LATER), NumberHolder("anna", START))
    assert await numbers.holders(hashes(other)) == ()


async def test_a_user_with_several_notes_is_given_once_with_the_youngest(numbers: Numbers) -> None:
    """Under whatever key they were hashed, for whatever phone."""
    new, old = hashes(fresh())
    await numbers.note(old, "anna", PhoneType.MOBILE, LATER)
    await numbers.note(new, "anna", PhoneType.OFFICE, START)
    assert await numbers.holders((new, old)) == (NumberHolder("anna", LATER),)
    assert await numbers.holders((new,)) == (NumberHolder("anna", START),)
    assert await numbers.holders(()) == ()


async def test_noting_once_more_makes_the_note_younger(numbers: Numbers) -> None:
    hashed = hashes(fresh())
    for at in (START, LATER):
        await numbers.note(hashed[0], "anna", PhoneType.MOBILE, at)
    assert await numbers.holders(hashed) == (NumberHolder("anna", LATER),)


async def test_one_phone_s_note_can_be_forgotten_and_the_other_one_s_stays(numbers: Numbers) -> None:
    hashed = hashes(fresh())
    await numbers.note(hashed[0], "anna", PhoneType.MOBILE, START)
    await numbers.note(hashed[1], "anna", PhoneType.OFFICE, START)
    await numbers.forget(hashed, "anna", PhoneType.MOBILE)
    await numbers.forget(hashed, "anna", PhoneType.MOBILE)
    assert await numbers.holders(hashed) == (NumberHolder("anna", START),)
    await numbers.forget(hashed, "anna", PhoneType.OFFICE)
    assert await numbers.holders(hashed) == ()


async def test_all_of_a_user_s_notes_can_be_forgotten_and_another_user_s_stay(numbers: Numbers) -> None:
    hashed = hashes(fresh())
    for each in hashed:
        for phone_type in PhoneType:
            await numbers.note(each, "anna", phone_type, START)
    await numbers.note(hashed[0], "ben", PhoneType.MOBILE, START)
    await numbers.forget(hashed, "anna")
    assert await numbers.holders(hashed) == (NumberHolder("ben", START),)


async def test_no_row_holds_a_number_that_somebody_could_read(store: TableStore) -> None:
    number = fresh()
    await TableNumberIndex(store).note(hashes(number)[0], "anna", PhoneType.MOBILE, START)
    rows = str([row async for row in (await store.table("numberindex")).list_entities()])
    assert number.national not in rows
    assert hashes(number)[0] in rows


async def test_nothing_is_purged_by_age() -> None:
    """A number that somebody has had for years is still that user's."""
    for kind in (MemoryNumberIndex, TableNumberIndex):
        assert "purge" not in dict(inspect.getmembers(kind))
