"""The checker's rules about holds and tripwires, for runs under the policy of `tests.simulation.holding`."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shared.codes import Code
from shared.request_hold import HoldState
from tests.simulation.checker import Phones, Rule, is_answer
from tests.simulation.history import Happening, History, Op

COOL_DOWN = 3600.0


@dataclass
class _Leave:
    """Which held requests may write: approved, or cooled off; and why each was held."""

    held: dict[str, Happening] = field(default_factory=dict)
    states: dict[str, HoldState] = field(default_factory=dict)
    settled: dict[str, set[Code]] = field(default_factory=dict)

    def see(self, happening: Happening) -> None:
        """Takes a happening in."""
        if happening.op is Op.HELD:
            self.held[happening["label"]] = happening
            self.states.pop(happening["key"], None)
        elif happening.op is Op.DECIDED:
            self.states[happening["key"]] = happening["state"]

    def permits(self, write: Happening) -> bool:
        """Says whether a write by a request is one that nobody holds back."""
        hold = self.held.get(write["label"])
        if hold is None:
            return True
        cooled_off = hold["releases_at"] is not None and write["at"] >= hold["releases_at"]
        state = self.states.get(hold["key"])
        return state is HoldState.APPROVED or (state is None and cooled_off)

    def settles(self, write: Happening, code: Code) -> bool:
        """Says whether a request was held for a reason, and may write all the same."""
        hold = self.held.get(write["label"])
        return hold is not None and code in hold["codes"] and self.permits(write)


def unapproved(history: History, phones: Phones) -> Iterator[str]:
    """No held request wrote before somebody approved it or its cooling-off was over; a cancelled one never did."""
    del phones
    leave = _Leave()
    for happening in history.happenings:
        leave.see(happening)
        if happening.op is Op.WRITE and not leave.permits(happening):
            yield str(happening["label"])


def too_soon(history: History, phones: Phones) -> Iterator[str]:
    """No two requests wrote one user's phones within the cool-down, unless the second one was held for it."""
    del phones
    leave, latest = _Leave(), dict[str, dict[str, float]]()
    for happening in history.happenings:
        leave.see(happening)
        if happening.op is not Op.WRITE:
            continue
        writes = latest.setdefault(happening["user"], {})
        others = [
            at for label, at in writes.items() if label != happening["label"] and not _undone_by(happening, label)
        ]
        soon = any(happening["at"] - at < COOL_DOWN for at in others)
        if soon and not leave.settles(happening, Code.COOL_DOWN):
            yield str(happening["label"])
        # The tripwire counts from the note before the first write on; a late one changes nothing.
        writes.setdefault(happening["label"], happening["at"])


def _undone_by(write: Happening, label: str) -> bool:
    """Says whether a write undoes that of another request, which then does not count against it."""
    return write["undoes"] is not None and label.startswith(f"{write['undoes']}~")


def collected(history: History, phones: Phones) -> Iterator[str]:
    """No number was written for a second user, unless that request was held for it."""
    del phones
    leave, numbers = _Leave(), dict[tuple[str, str], object]()
    for happening in history.happenings:
        leave.see(happening)
        if happening.op is not Op.WRITE:
            continue
        user, value = happening["user"], happening["value"]
        others = [number for (holder, _), number in numbers.items() if holder != user]
        own = [number for (holder, _), number in numbers.items() if holder == user]
        if (
            value is not None
            and value in others
            and value not in own
            and not leave.settles(happening, Code.NUMBER_SHARED)
        ):
            yield str(happening["label"])
        numbers[user, happening["phone_type"]] = value


def answered_falsely(history: History, phones: Phones) -> Iterable[str]:
    """Every approval that was answered as accepted was written down before."""
    del phones
    decided: set[tuple[str, str]] = set()
    for happening in history.happenings:
        if happening.op is Op.DECIDED:
            decided.add((happening["key"], happening["state"]))
        elif happening.op is Op.EVENT and is_answer(happening):
            data = json.loads(happening["body"])["data"]
            if data["code"] in set(HoldState) and (data["requestId"], data["code"]) not in decided:
                yield str(happening["event_id"])


HOLD_RULES: tuple[Rule, ...] = (unapproved, too_soon, collected, answered_falsely)
