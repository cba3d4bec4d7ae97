"""Graph, tokens, storage, bus and mail are out of order for a moment at any operation, or each for a long while."""

import pytest

from tests.simulation.every_operation import ended_as_if_nothing_had_been, every_operation, run
from tests.simulation.operations import ANSWER_LOST, NO_TOKEN, OUT_OF_ORDER, PORTS, Call, Strike, until

HOUR = 3600.0
FAR_ENDS = {
    "Graph": ("directory", "recipients", "mail"),
    "storage": ("ledger", "outbox", "watermarks", "waiting", "brake", "mail log"),
    "the request and parked queues": ("queue",),
    "the topic": ("events",),
    "the mailbox": ("mail",),
    "the brake's table": ("brake",),
}


def test_without_a_fault_the_run_touches_every_port() -> None:
    """What the run does not touch the tests below do not test; `waiting` and `queue` are reached through faults."""
    clean = run()
    ended_as_if_nothing_had_been(clean)
    assert {call.port for call in clean.script.calls} | {"waiting"} == set(PORTS)


@pytest.mark.parametrize("port", PORTS)
def test_a_port_that_fails_once_at_any_operation_changes_no_end(port: str) -> None:
    for simulation in every_operation(port, OUT_OF_ORDER):
        ended_as_if_nothing_had_been(simulation)


@pytest.mark.parametrize("port", PORTS)
def test_an_answer_that_gets_lost_at_any_operation_changes_no_end(port: str) -> None:
    """A mail whose handing over was not answered, or not noted, comes twice: the one exception that is promised."""
    allowed = ("notified_twice",) if port in {"mail", "mail log"} else ()
    for simulation in every_operation(port, ANSWER_LOST):
        ended_as_if_nothing_had_been(simulation, allowed=allowed)


@pytest.mark.parametrize("number", range(1, 4))
@pytest.mark.parametrize("name", ["read_state", "read_phones", "write"])
def test_a_managed_identity_without_a_token_for_a_while_changes_no_end(name: str, number: int) -> None:
    seen = 0

    def decide(call: Call) -> Strike | None:
        nonlocal seen
        seen += (call.port, call.name) == ("directory", name)
        return NO_TOKEN if call.name == name and number <= seen < number + 8 else None

    ended_as_if_nothing_had_been(run(decide))


@pytest.mark.parametrize("far_end", FAR_ENDS)
def test_a_far_end_that_is_down_for_an_hour_changes_no_end(far_end: str) -> None:
    ended_as_if_nothing_had_been(run(until(HOUR, FAR_ENDS[far_end], OUT_OF_ORDER)))


@pytest.mark.parametrize("far_end", FAR_ENDS)
def test_a_far_end_that_does_everything_and_answers_nothing_for_an_hour_changes_no_end(far_end: str) -> None:
    simulation = run(until(HOUR, FAR_ENDS[far_end], ANSWER_LOST))
    ended_as_if_nothing_had_been(simulation, allowed=("notified_twice",))


def test_no_token_for_an_hour_changes_no_end() -> None:
    ended_as_if_nothing_had_been(run(until(HOUR, ("directory", "recipients", "mail"), NO_TOKEN)))


def test_everything_down_at_once_for_a_while_changes_no_end() -> None:
    """A bus that takes no copy burns deliveries, one in half a minute: ten of them outlast four minutes."""
    simulation = run(until(240, PORTS, OUT_OF_ORDER), reused=False)
    ended_as_if_nothing_had_been(simulation, reused=False)


def test_a_note_that_a_mail_went_out_can_be_late_without_a_second_mail() -> None:
    """Storage that is read but not written, as after a failover: the mail must not be sent at every attempt."""

    def decide(call: Call) -> Strike | None:
        return OUT_OF_ORDER if call.name == "mark_sent" and call.at < 200 else None

    ended_as_if_nothing_had_been(run(decide))
