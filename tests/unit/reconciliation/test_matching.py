"""A message that vanished is found, and none is found where none vanished."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reconciliation.matching import (
    LONGEST_DELIVERY,
    MINUTE,
    TOLERANCE,
    Balance,
    Completed,
    Receipt,
    baseline,
    is_blind,
    match,
)
from tests.fakes.clock import START
from tests.unit.reconciliation.traffic import ARRIVALS, FIRST, HOURS, Message, messages, of, runs

BALANCE = Balance(FIRST, Receipt(START, -1))
SOMETIMES, ALWAYS = st.booleans(), st.just(True)  # noqa: FBT003 - a value to draw
LOSSES = st.lists(ARRIVALS, max_size=10)
ROOT = Path(__file__).parent.parent.parent.parent


def found(completed: dict[int, int], receipts: list[tuple[int, int]], until: int = 60) -> int:
    """Gives what vanished; completions by minute, receipts by minute and sequence number."""
    return match(
        BALANCE,
        [Completed(FIRST + minute * MINUTE, number) for minute, number in completed.items()],
        [Receipt(FIRST + minute * MINUTE, sequence) for minute, sequence in receipts],
        FIRST + until * MINUTE,
    ).vanished


@given(messages(SOMETIMES), runs())
def test_where_nothing_vanished_nothing_is_found(messages: list[Message], runs: list[datetime]) -> None:
    """Whatever deliveries take, whoever dies, and wherever the windows of the runs are cut."""
    assert of(messages).vanished(runs) == [0] * len(runs)


@given(messages(SOMETIMES), LOSSES, runs())
def test_no_more_is_found_than_vanished(messages: list[Message], losses: list[int], runs: list[datetime]) -> None:
    traffic = of(messages, losses)
    assert sum(traffic.vanished(runs)) <= traffic.lost


@given(messages(ALWAYS, most_failed=0), LOSSES, runs())
def test_where_every_delivery_is_completed_every_loss_is_found(
    messages: list[Message], losses: list[int], runs: list[datetime]
) -> None:
    """Also where windows are cut in the middle of traffic: what hides at one edge is found after the next."""
    traffic = of(messages, losses)
    assert sum(traffic.vanished(runs)) == traffic.lost


@given(messages(SOMETIMES), LOSSES, runs())
def test_no_more_losses_stay_hidden_than_deliveries_came_to_nothing(
    messages: list[Message], losses: list[int], runs: list[datetime]
) -> None:
    traffic = of(messages, losses)
    assert traffic.lost - sum(traffic.vanished(runs)) <= traffic.failed


@given(messages(SOMETIMES), st.integers(1, 5))
def test_after_a_quiet_while_nothing_that_came_to_nothing_before_hides_a_loss(
    messages: list[Message], losses: int
) -> None:
    """However many deliveries failed before."""
    quiet = HOURS * 3600 + int((4 * LONGEST_DELIVERY + 2 * TOLERANCE).total_seconds())
    traffic = of(messages, [quiet] * losses)
    before, after = FIRST + timedelta(seconds=quiet - quiet % 60), FIRST + timedelta(hours=HOURS + 2)
    assert traffic.vanished([before, after]) == [0, losses]


@given(messages(ALWAYS, most_failed=0), LOSSES, runs())
def test_a_loss_is_found_as_soon_as_nothing_else_is_under_way(
    messages: list[Message], losses: list[int], runs: list[datetime]
) -> None:
    """Not only at the end: what is hidden after each run is no more than what could still be under way then."""
    traffic, hidden = of(messages, losses), 0
    for until, vanished in zip(runs, traffic.vanished(runs), strict=True):
        since = until - LONGEST_DELIVERY - TOLERANCE
        under_way = sum(since <= receipt.at < until + TOLERANCE for receipt in traffic.receipts)
        hidden += vanished
        lost = sum(1 for seconds in losses if FIRST + timedelta(seconds=seconds) < until)
        assert lost - hidden <= under_way


def test_a_redelivery_takes_the_place_of_the_delivery_before_it() -> None:
    """A worker that dies leaves a receipt that nobody completes; it hides nothing once the message comes again."""
    assert found({3: 2}, [(1, 7), (2, 7)]) == 1
    assert found({3: 2}, [(1, 7), (2, 8)]) == 0


def test_a_dead_letters_number_is_another_numbering() -> None:
    dead, alive = (Receipt(FIRST, 7, dead_letter=which) for which in (True, False))
    assert match(BALANCE, [Completed(FIRST, 2)], [dead, alive], FIRST + MINUTE).vanished == 0


def test_a_receipt_serves_one_completion_and_none_that_is_too_early_or_too_late() -> None:
    oldest = int((LONGEST_DELIVERY + TOLERANCE) / MINUTE)
    assert found({20: 2}, [(20, 1)]) == 1
    assert found({20: 1}, [(20 - oldest, 1)]) == 0
    assert found({20: 1}, [(20 - oldest - 1, 1)]) == 1
    assert found({20: 1}, [(20 + 2, 1)]) == 0
    assert found({20: 1}, [(20 + 3, 1)]) == 1


def test_completions_that_were_judged_are_not_judged_again_and_late_ones_do_no_harm() -> None:
    completed = [Completed(FIRST - MINUTE, 5), Completed(FIRST + MINUTE, 5)]
    assert match(BALANCE, completed, [], FIRST + MINUTE).vanished == 0
    assert match(BALANCE, completed, [], FIRST + 2 * MINUTE).vanished == 5


def test_what_was_under_way_before_there_were_receipts_is_not_counted() -> None:
    assert baseline(START + timedelta(seconds=59)) == Balance(FIRST, Receipt(START, -1))
    assert FIRST - START >= LONGEST_DELIVERY


@pytest.mark.parametrize(("receipts", "completed", "blind"), [(10, 0, True), (9, 0, False), (10, 1, False)])
def test_many_calls_and_not_one_completion_say_that_the_count_is_wrong(
    receipts: int, completed: int, *, blind: bool
) -> None:
    calls = [Receipt(FIRST + MINUTE, number) for number in range(receipts)]
    again = [Receipt(FIRST + 2 * MINUTE, 0)]
    counted = [Completed(FIRST + MINUTE, completed)]
    assert is_blind(BALANCE, counted, calls + again, FIRST + 15 * MINUTE) is blind
    # They may still be under way.
    assert not is_blind(BALANCE, counted, calls, FIRST + 5 * MINUTE)


def test_no_delivery_is_longer_than_the_host_permits() -> None:
    host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    hours, minutes, seconds = map(int, host["functionTimeout"].split(":"))
    assert timedelta(hours=hours, minutes=minutes, seconds=seconds) <= LONGEST_DELIVERY
