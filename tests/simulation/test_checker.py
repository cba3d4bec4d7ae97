"""The checker can fail: for each of its rules a forged history that breaks this rule and no other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.codes import Code, WarningCode
from shared.outcome import Outcome
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from tests.fakes.world import NEW, OLD
from tests.simulation.checker import RULES, broken
from tests.simulation.history import History, Op

ANNA = "anna's id"
MOBILE = PhoneType.MOBILE


@dataclass
class Forgery:
    """A history that is made up, and the directory as it ended."""

    history: History = field(default_factory=History)
    phones: dict[tuple[str, PhoneType], PhoneNumber | None] = field(default_factory=dict)

    def accepted(self, request: str) -> None:
        self.history.note(Op.ACCEPTED, label=request, body=b"{}")

    def write(self, request: str, sequence: int, value: PhoneNumber | None = NEW) -> None:
        self.phones[ANNA, MOBILE] = value
        self.history.note(Op.WRITE, user=ANNA, phone_type=MOBILE, value=value, sequence=sequence, label=request)

    def end(self, request: str, sequence: int, **facts: Any) -> None:
        """An outcome is written down: by default the number was changed."""
        plain: dict[str, Any] = {
            "key": request,
            "label": request,
            "sequence": sequence,
            "outcome": Outcome.CHANGED,
            "code": Code.CREATED,
            "user": ANNA,
            "phone_types": (MOBILE,),
            "value": NEW,
            "warnings": (),
        }
        found = plain | facts
        self.history.note(Op.TERMINAL, **{"event_id": f"{found['key']}:{found['outcome']}", **found})

    def event(self, event_id: str, body: bytes = b"one") -> None:
        self.history.note(Op.EVENT, event_id=event_id, body=body)

    def parked(self, request: str, event_id: str) -> None:
        self.history.note(Op.PARKED, label=request, event_id=event_id)

    def mail(self, event_id: str, recipient: str = "anna@contoso.example") -> None:
        self.history.note(Op.MAIL, event_id=event_id, recipient=recipient)

    def changed(self, request: str, sequence: int, value: PhoneNumber | None = NEW) -> None:
        """A request as it should be: accepted, written, ended, told, mailed."""
        self.accepted(request)
        self.write(request, sequence, value)
        self.end(request, sequence, value=value)
        self.event(f"{request}:changed")
        self.mail(f"{request}:changed")

    def refused(self, request: str, sequence: int, outcome: Outcome, code: Code) -> None:
        """A request that ends without a write."""
        self.accepted(request)
        self.end(request, sequence, outcome=outcome, code=code)
        self.event(f"{request}:{outcome}")

    def failed(self, request: str, sequence: int, code: Code) -> None:
        """A request that ends without a write and is kept for a person."""
        self.refused(request, sequence, Outcome.FAILED, code)
        self.parked(request, f"{request}:failed")


def lost(forged: Forgery) -> None:
    """A message disappears."""
    forged.changed("R-1", 1)
    forged.accepted("R-2")


def invented_end(forged: Forgery) -> None:
    """A request ends that nobody sent."""
    forged.end("R-1", 1, outcome=Outcome.REJECTED, code=Code.INVALID_NUMBER)
    forged.event("R-1:rejected")


def invented_write(forged: Forgery) -> None:
    """A number is written that nobody asked for."""
    forged.write("R-1", 1)


def invented_copy(forged: Forgery) -> None:
    """A person gets a message that nobody sent."""
    forged.parked("R-1", "R-1:failed")


def invented_mail(forged: Forgery) -> None:
    """A user is told of what is no event."""
    forged.mail("R-1:changed")


def ended_twice(forged: Forgery) -> None:
    """A second run of one request ends it once more, under the same event id."""
    forged.changed("R-1", 1)
    forged.end("R-1", 1)


def ended_under_two_ids(forged: Forgery) -> None:
    """A repeat is taken for another request, and its outcome told under another id: subscribers see two."""
    forged.changed("R-1", 1)
    forged.end("R-1", 1, key="R-1~again", outcome=Outcome.SUPERSEDED, code=Code.NEWER_REQUEST)
    forged.event("R-1~again:superseded")


def silent(forged: Forgery) -> None:
    """An outcome is written down and never told."""
    forged.accepted("R-1")
    forged.write("R-1", 1)
    forged.end("R-1", 1)


def ghost_without_an_end(forged: Forgery) -> None:
    """An event tells of a change that did not happen."""
    forged.changed("R-1", 1)
    forged.event("R-2:changed")


def ghost_before_the_end(forged: Forgery) -> None:
    """The event goes out before the outcome is written down: a crash between the two would make it a lie."""
    forged.accepted("R-1")
    forged.write("R-1", 1)
    forged.event("R-1:changed")
    forged.end("R-1", 1)


def denied(forged: Forgery) -> None:
    """A request writes and is called expired afterwards."""
    forged.accepted("R-1")
    forged.write("R-1", 1)
    forged.end("R-1", 1, outcome=Outcome.EXPIRED, code=Code.PAST_EXPIRY)
    forged.event("R-1:expired")


def withheld_failure(forged: Forgery) -> None:
    """A failure is told, and no person gets the message."""
    forged.refused("R-1", 1, Outcome.FAILED, Code.DIRECTORY_REFUSED)


def withheld_message(forged: Forgery) -> None:
    """What is no request is refused, and no person gets it."""
    forged.refused("R-1", 1, Outcome.REJECTED, Code.INVALID_REQUEST)


def told_differently(forged: Forgery) -> None:
    """Two copies of one event do not say the same."""
    forged.changed("R-1", 1)
    forged.event("R-1:changed", b"another")


def notified_twice(forged: Forgery) -> None:
    """A user gets the same mail again."""
    forged.changed("R-1", 1)
    forged.mail("R-1:changed")


def stale(forged: Forgery) -> None:
    """An older request writes after a newer one has ended, and the newer one's number is put back before the end."""
    forged.changed("R-2", 2)
    forged.accepted("R-1")
    forged.write("R-1", 1, OLD)
    forged.end("R-1", 1, outcome=Outcome.SUPERSEDED, code=Code.NEWER_REQUEST)
    forged.event("R-1:superseded")
    forged.phones[ANNA, MOBILE] = NEW


def wrong_number_at_the_end(forged: Forgery) -> None:
    """The newest request ended well, and another number stands there."""
    forged.changed("R-1", 1)
    forged.phones[ANNA, MOBILE] = OLD


def phone_left_at_the_end(forged: Forgery) -> None:
    """A removal ended well, and the phone is still there."""
    forged.changed("R-1", 1, None)
    forged.phones[ANNA, MOBILE] = OLD


def older_number_at_the_end(forged: Forgery) -> None:
    """A newer request finds its number in place; what an older one left stands there at the end."""
    forged.changed("R-1", 1, OLD)
    forged.refused("R-2", 2, Outcome.ALREADY_CORRECT, Code.SAME_NUMBER)


def overturned_by_a_refusal(forged: Forgery) -> None:
    """A newer request was refused: what the older one left must stand there all the same."""
    forged.changed("R-1", 1)
    forged.refused("R-2", 2, Outcome.REJECTED, Code.PRIVILEGED_USER)
    forged.phones[ANNA, MOBILE] = None


FORGED: dict[str, list[Callable[[Forgery], None]]] = {
    "lost": [lost],
    "invented": [invented_end, invented_write, invented_copy, invented_mail],
    "ended_twice": [ended_twice],
    "ended_under_two_ids": [ended_under_two_ids],
    "silent": [silent],
    "ghost": [ghost_without_an_end, ghost_before_the_end],
    "denied": [denied],
    "withheld": [withheld_failure, withheld_message],
    "told_differently": [told_differently],
    "notified_twice": [notified_twice],
    "stale": [stale],
    "wrong_at_the_end": [
        wrong_number_at_the_end,
        phone_left_at_the_end,
        older_number_at_the_end,
        overturned_by_a_refusal,
    ],
}


def found_in(forge: Callable[[Forgery], None]) -> list[str]:
    forged = Forgery()
    forge(forged)
    return [found.rule for found in broken(forged.history, forged.phones)]


@pytest.mark.parametrize(
    ("rule", "forge"),
    [pytest.param(rule, forge, id=forge.__name__) for rule, forgeries in FORGED.items() for forge in forgeries],
)
def test_a_forged_history_is_caught_by_its_rule_once_and_by_no_other(
    rule: str, forge: Callable[[Forgery], None]
) -> None:
    assert found_in(forge) == [rule]


def test_every_rule_has_a_forged_history() -> None:
    assert sorted(FORGED) == sorted(rule.__name__ for rule in RULES)


def nothing(forged: Forgery) -> None:
    del forged


def one_change(forged: Forgery) -> None:
    forged.changed("R-1", 1)


def every_outcome(forged: Forgery) -> None:
    forged.changed("R-1", 1)
    forged.refused("R-2", 2, Outcome.ALREADY_CORRECT, Code.SAME_NUMBER)
    forged.refused("R-3", 3, Outcome.PLANNED, Code.WOULD_REPLACE)
    forged.refused("R-4", 4, Outcome.REJECTED, Code.INVALID_NUMBER)
    forged.refused("R-5", 5, Outcome.EXPIRED, Code.PAST_EXPIRY)
    forged.failed("R-6", 6, Code.DIRECTORY_REFUSED)
    forged.refused("R-0", 0, Outcome.SUPERSEDED, Code.NEWER_REQUEST)


def the_same_message_twice(forged: Forgery) -> None:
    forged.accepted("R-1")
    forged.changed("R-1", 1)


def copies_of_an_event(forged: Forgery) -> None:
    """At least once, with an id by which copies are known."""
    forged.changed("R-1", 1)
    forged.event("R-1:changed")


def a_mail_to_each_of_two_people(forged: Forgery) -> None:
    forged.changed("R-1", 1)
    forged.mail("R-1:changed", "boss@contoso.example")


def the_same_value_written_twice(forged: Forgery) -> None:
    """A worker dies after the write."""
    forged.accepted("R-1")
    forged.write("R-1", 1)
    forged.write("R-1", 1)
    forged.end("R-1", 1)
    forged.event("R-1:changed")


def a_message_past_the_ledger(forged: Forgery) -> None:
    """What cannot be written down comes to a person."""
    forged.accepted("R-1")
    forged.parked("R-1", "unnamed-1:failed")


def an_older_request_that_ends_later(forged: Forgery) -> None:
    forged.changed("R-2", 2)
    forged.refused("R-1", 1, Outcome.SUPERSEDED, Code.NEWER_REQUEST)


def two_changes_in_their_order(forged: Forgery) -> None:
    forged.changed("R-1", 1, OLD)
    forged.changed("R-2", 2)


def a_write_whose_effect_is_told_to_be_unknown(forged: Forgery) -> None:
    forged.changed("R-1", 1)
    forged.accepted("R-2")
    forged.write("R-2", 2, OLD)
    forged.end("R-2", 2, outcome=Outcome.FAILED, code=Code.NOT_CONFIRMED)
    forged.event("R-2:failed")
    forged.parked("R-2", "R-2:failed")


def a_removal_that_spares_a_newer_phone(forged: Forgery) -> None:
    forged.changed("R-2", 2)
    forged.accepted("R-1")
    forged.end("R-1", 1, code=Code.REMOVED, value=None, warnings=(WarningCode.NEWER_PHONES_SPARED,))
    forged.event("R-1:changed")


GOOD = [
    nothing,
    one_change,
    every_outcome,
    the_same_message_twice,
    copies_of_an_event,
    a_mail_to_each_of_two_people,
    the_same_value_written_twice,
    a_message_past_the_ledger,
    an_older_request_that_ends_later,
    two_changes_in_their_order,
    a_write_whose_effect_is_told_to_be_unknown,
    a_removal_that_spares_a_newer_phone,
]


@pytest.mark.parametrize("forge", GOOD, ids=lambda forge: forge.__name__)
def test_a_history_that_keeps_every_promise_is_not_blamed(forge: Callable[[Forgery], None]) -> None:
    assert found_in(forge) == []
