"""An exception that nobody expects, at any operation: nothing is lost, and no event lies."""

import json
from functools import cache

import pytest

from shared.messages.completion_event import CompletionEvent
from tests.simulation.broker import MAX_DELIVERIES
from tests.simulation.every_operation import ended_as_if_nothing_had_been, every_operation, nothing_is_left, run
from tests.simulation.history import CURRENT, Op
from tests.simulation.honesty import wrong
from tests.simulation.operations import BUG_AFTER, BUG_BEFORE, PORTS, Call, Decide, Strike
from tests.simulation.scripted import ScriptedSimulation

# Operations that a run without faults makes, apart from mails, and those that only faults bring about.
OPERATIONS = sorted({f"{call.port}.{call.name}" for call in run().script.calls if "mail" not in call.port})
SEVERAL_HOURS = 4 * 3600.0
# The row of the request could not be asked, so its message is kept, and told, past the ledger: the checker knows
# the ends in the ledger alone.
PAST_THE_LEDGER = ("ghost",)


def broken_for_anna(operation: str, strike: Strike) -> Decide:
    """Lets an operation fail for Anna's request, and its timer, as long as nobody mends the bug."""

    def decide(call: Call) -> Strike | None:
        label = getattr(CURRENT.get(None), "label", "R-1~")
        meant = f"{call.port}.{call.name}" == operation and label.startswith("R-1~")
        return strike if meant and call.at < SEVERAL_HOURS else None

    return decide


@cache
def with_a_bug(operation: str, strike: Strike) -> ScriptedSimulation:
    """Gives a run in which an operation fails for Anna's request."""
    return run(broken_for_anna(operation, strike))


def kept_past_the_ledger(simulation: ScriptedSimulation) -> list[CompletionEvent]:
    """Gives the events of messages that the ledger has no end for."""
    known = {happening["event_id"] for happening in simulation.history.of(Op.TERMINAL)}
    return [event for event in simulation.broker.topic.values() if event.id not in known]


@pytest.mark.parametrize("strike", [BUG_BEFORE, BUG_AFTER], ids=["before", "after"])
@pytest.mark.parametrize("port", PORTS)
def test_a_bug_that_shows_once_at_any_operation_changes_no_end(port: str, strike: Strike) -> None:
    allowed = ("notified_twice",) if port in {"mail", "mail log"} else ()
    for simulation in every_operation(port, strike):
        ended_as_if_nothing_had_been(simulation, allowed=allowed)


@pytest.mark.parametrize("strike", [BUG_BEFORE, BUG_AFTER], ids=["before", "after"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_bug_that_stays_loses_nothing_and_lets_no_event_lie(operation: str, strike: Strike) -> None:
    simulation = with_a_bug(operation, strike)
    nothing_is_left(simulation, operation)
    assert wrong(simulation, allowed=PAST_THE_LEDGER) == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_bug_that_stays_with_one_request_does_not_touch_those_of_others(operation: str) -> None:
    simulation = with_a_bug(operation, BUG_BEFORE)
    ended = {happening["key"]: happening["code"] for happening in simulation.history.of(Op.TERMINAL)}
    assert ended["R-2"] == "removed"
    assert ended["R-3"] == "user_not_found"


@pytest.mark.parametrize("operation", ["directory.read_state", "directory.write", "ledger.claim", "watermarks.hold"])
def test_a_request_that_no_delivery_can_process_is_kept_for_a_person_with_its_body_intact(operation: str) -> None:
    simulation = run(broken_for_anna(operation, BUG_BEFORE), reused=False)
    messages = [message for message, verdict in simulation.broker.parked.values() if verdict.code != "invalid_json"]
    assert [json.loads(message.body)["requestId"] for message in messages] == ["R-1"]
    assert len(simulation.script.struck) <= MAX_DELIVERIES + 1


@pytest.mark.parametrize("strike", [BUG_BEFORE, BUG_AFTER], ids=["before", "after"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_kept_past_the_ledger_speaks_of_a_doubt(operation: str, strike: Strike) -> None:
    """The ledger could not be asked whether something was written: the event must not say that nothing was."""
    for event in kept_past_the_ledger(with_a_bug(operation, strike)):
        data = json.loads(event.body)["data"]
        assert (data["outcome"], data["code"]) == ("failed", "deliveries_exhausted")
        assert "may have been made" in data["message"]
