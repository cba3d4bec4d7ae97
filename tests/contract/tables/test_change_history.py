"""The history of changes counts the same in memory and in Table Storage."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from shared.change_history import History, HistoryQuestion, NotedChange
from shared.tables.change_history import TableChangeHistory
from shared.tables.store import TableStore
from tests.fakes.clock import START
from tests.fakes.history import MemoryChangeHistory

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
HOUR = timedelta(hours=1)
_DAYS = count(1)

type Changes = MemoryChangeHistory | TableChangeHistory


@pytest.fixture(params=["memory", "tables"])
def changes(request: pytest.FixtureRequest, store: TableStore) -> Changes:
    return MemoryChangeHistory() if request.param == "memory" else TableChangeHistory(store)


@pytest.fixture
def day() -> datetime:
    """A day that no other test uses, later than theirs: all tests share one tenant, and the tables outlive them."""
    return START + timedelta(days=40 * next(_DAYS))


def change(at: datetime, request: str = "R-1", user: str = "anna", requester: str = "workday") -> NotedChange:
    return NotedChange(f"{request}:{at.date()}", f"{user}-{at.date()}", f"{requester}-{at.date()}", at)


def question(of: NotedChange, since: datetime, *, enough: int = 10, without: str = "") -> HistoryQuestion:
    return HistoryQuestion(
        of.user_id, of.requester, frozenset({without} if without else ()), since, since, since, enough, enough
    )


async def test_changes_count_by_user_by_requester_and_in_the_tenant(changes: Changes, day: datetime) -> None:
    mine = change(day)
    others = (
        change(day + HOUR, "R-2"),
        change(day + 2 * HOUR, "R-3", user="ben"),
        change(day + 3 * HOUR, "R-4", user="ben", requester="desk"),
    )
    for each in (mine, *others):
        await changes.note(each)
    assert await changes.read(question(mine, day)) == History((day + HOUR, day), 3, 4)
    assert await changes.read(question(others[2], day)) == History((day + 3 * HOUR, day + 2 * HOUR), 1, 4)


async def test_a_window_begins_at_its_first_microsecond(changes: Changes, day: datetime) -> None:
    at = day + timedelta(microseconds=123_457)
    await changes.note(change(at))
    assert await changes.read(question(change(at), at)) == History((at,), 1, 1)
    assert await changes.read(question(change(at), at + timedelta(microseconds=1))) == History()


async def test_a_request_that_is_noted_more_than_once_counts_once_at_its_latest_note(
    changes: Changes, day: datetime
) -> None:
    first, second = change(day), change(day + HOUR)
    for each in (first, second, second, first):
        await changes.note(replace(each, request_key=first.request_key))
    assert await changes.read(question(first, day)) == History((day + HOUR,), 1, 1)


async def test_forgetting_takes_back_one_note_and_leaves_the_request_s_others(changes: Changes, day: datetime) -> None:
    """Failure guarded against: a first attempt whose answer was lost, forgotten with a second that was refused."""
    first, second = change(day), change(day + HOUR)
    await changes.note(first)
    await changes.note(second)
    await changes.forget(second)
    await changes.forget(second)
    assert await changes.read(question(first, day)) == History((day,), 1, 1)
    await changes.forget(first)
    assert await changes.read(question(first, day)) == History()


async def test_the_requests_that_are_left_out_do_not_count(changes: Changes, day: datetime) -> None:
    mine, other = change(day), change(day, "R-2")
    await changes.note(mine)
    await changes.note(other)
    assert await changes.read(question(mine, day, without=mine.request_key)) == History((day,), 1, 1)


async def test_a_requester_is_the_same_in_any_case_and_may_have_any_name(changes: Changes, day: datetime) -> None:
    odd = change(day, requester="Straße / # ? HR")
    await changes.note(odd)
    shouted = replace(odd, requester=odd.requester.upper())
    assert (await changes.read(question(shouted, day))).by_requester == 1


async def test_counting_ends_where_more_would_not_matter(changes: Changes, day: datetime) -> None:
    for number in range(5):
        await changes.note(change(day + number * HOUR, f"R-{number}"))
    found = await changes.read(question(change(day), day, enough=3))
    assert (len(found.of_user), found.by_requester, found.in_tenant) == (5, 3, 3)


async def test_what_nobody_asks_for_is_not_counted(changes: Changes, day: datetime) -> None:
    await changes.note(change(day))
    silent = HistoryQuestion(change(day).user_id, change(day).requester, frozenset(), requester_since=day)
    assert await changes.read(silent) == History()


async def test_old_notes_are_purged_everywhere_and_counted(changes: Changes, day: datetime) -> None:
    old, young = change(day, "R-old"), change(day + HOUR, "R-young")
    await changes.purge(day)
    for each in (old, replace(old, request_key="R-other"), young):
        await changes.note(each)
    assert await changes.purge(day + HOUR) == 2
    assert await changes.purge(day + HOUR) == 0
    assert await changes.read(question(old, day)) == History((day + HOUR,), 1, 1)


async def test_a_purge_leaves_no_row_behind_and_no_name_is_readable(store: TableStore, day: datetime) -> None:
    table, noted = await store.table("changehistory"), change(day, requester="call +49 151 23456789")
    await TableChangeHistory(store).note(noted)
    rows = [row async for row in table.list_entities()]
    assert "23456789" not in str(rows)
    await TableChangeHistory(store).purge(day + HOUR)
    left = [row async for row in table.list_entities() if row["RowKey"].startswith(f"{day:%Y%m%dT}")]
    assert left == []


async def test_more_changes_than_one_page_of_the_storage_are_counted(store: TableStore, day: datetime) -> None:
    """Table Storage answers at most a thousand rows at a time."""
    table = await store.table("changehistory")
    noted = [change(day + timedelta(seconds=number), f"R-{number}") for number in range(1_050)]
    for start in range(0, len(noted), 100):
        keys = [
            f"{each.at:%Y%m%dT%H%M%S.%f}~{each.request_key.partition(':')[0]}" for each in noted[start : start + 100]
        ]
        await table.submit_transaction(
            [
                ("upsert", {"PartitionKey": "tenant", "RowKey": key, "userPartition": "u", "requesterPartition": "r"})
                for key in keys
            ]
        )
    history = TableChangeHistory(store)
    assert (await history.read(question(change(day), day, enough=2_000))).in_tenant == 1_050
    assert (await history.read(question(change(day), day, enough=1_020))).in_tenant == 1_020
