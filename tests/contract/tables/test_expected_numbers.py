"""What the watermarks say that this product's own changes left."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from shared.compliance.rows import Expected
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.tables import expected_numbers, watermarks
from shared.tables.expected_numbers import TableExpectedNumbers
from shared.tables.store import TableStore
from shared.tables.watermarks import TableWatermarks
from tests.contract.tables.test_ledger import mark
from tests.fakes.clock import START

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
KEY = b"k" * 32
_TABLES = count()


@pytest.fixture
def marks(store: TableStore, monkeypatch: pytest.MonkeyPatch) -> TableWatermarks:
    """Marks of its own for each test."""
    name = f"watermarks{next(_TABLES)}"
    for module in (watermarks, expected_numbers):
        monkeypatch.setattr(module, "TABLE", name)
    return TableWatermarks(store)


@pytest.fixture
def expected(store: TableStore) -> TableExpectedNumbers:
    return TableExpectedNumbers(store)


async def test_a_number_is_expected_by_the_hash_that_the_change_left(
    marks: TableWatermarks, expected: TableExpectedNumbers
) -> None:
    number = PhoneNumber.from_graph("+44 7400123456")
    assert number is not None
    left = replace(mark(2), value_hash=number.keyed_hash(KEY))
    await marks.advance("anna", PhoneType.MOBILE, left, None)
    page = await expected.page("")
    assert (page.rows, page.next) == ((Expected("anna", PhoneType.MOBILE, number.keyed_hash(KEY)),), "")


async def test_a_removal_leaves_no_phone_to_expect(marks: TableWatermarks, expected: TableExpectedNumbers) -> None:
    await marks.advance("anna", PhoneType.OFFICE, replace(mark(2), value_hash=""), None)
    assert (await expected.page("")).rows == (Expected("anna", PhoneType.OFFICE, ""),)


async def test_what_the_directory_has_not_shown_is_no_expectation(
    marks: TableWatermarks, expected: TableExpectedNumbers
) -> None:
    """Nor is the hold of a request that is just being carried out."""
    await marks.advance("anna", PhoneType.MOBILE, replace(mark(2), seen=False), None)
    assert await marks.hold("anna", "R-2", START + timedelta(minutes=5), START)
    assert (await expected.page("")).rows == ()


async def test_where_nothing_was_ever_changed_there_is_one_empty_page(
    marks: TableWatermarks, expected: TableExpectedNumbers
) -> None:
    del marks
    page = await expected.page("")
    assert (page.rows, page.next) == ((), "")


async def test_pages_follow_each_other_without_a_gap_or_a_repeat_also_in_another_worker(
    marks: TableWatermarks, store: TableStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expected_numbers, "_PAGE_SIZE", 7)
    for user in range(20):
        for seen, phone_type in ((True, PhoneType.MOBILE), (user % 3 == 0, PhoneType.OFFICE)):
            await marks.advance(f"user-{user:02}", phone_type, replace(mark(2), seen=seen), None)
    found: list[Expected] = []
    token, pages = "", 0
    while pages == 0 or token:
        page = await TableExpectedNumbers(store).page(token)
        found, token, pages = [*found, *page.rows], page.next, pages + 1
    assert pages >= 4
    assert len(found) == len(set(found)) == 20 + 7
