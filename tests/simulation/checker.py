"""Decides about a history: what was promised, and what was not kept. Each rule is one function."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.codes import Code, WarningCode
from shared.messages.completion_event import message_id_of
from shared.outcome import Outcome
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from tests.simulation.history import Happening, History, Op

type Phones = Mapping[tuple[str, PhoneType], PhoneNumber | None]
type Rule = Callable[[History, Phones], Iterable[str]]

_HOLDS = (Outcome.CHANGED, Outcome.ALREADY_CORRECT)
_UNCHANGED = (Outcome.ALREADY_CORRECT, Outcome.PLANNED, Outcome.REJECTED, Outcome.EXPIRED, Outcome.FAILED)
# The request says itself that it does not know what stands there.
_DOUBTFUL = (
    Code.NOT_CONFIRMED,
    Code.PARTLY_REMOVED,
    Code.NUMBER_NOT_UNIQUE,
    Code.DELIVERIES_EXHAUSTED,
    Code.OVERTAKEN,
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that was not kept, and how."""

    rule: str
    what: str


def broken(history: History, phones: Phones) -> list[Broken]:
    """Gives everything that is wrong with a drained history; `phones` is the directory as it ended."""
    return [Broken(rule.__name__, what) for rule in RULES for what in rule(history, phones)]


def lost(history: History, phones: Phones) -> Iterable[str]:
    """Every message that was accepted came to an end."""
    del phones
    ended = {happening["label"] for happening in history.of(Op.TERMINAL)}
    ended |= {happening["label"] for happening in history.of(Op.PARKED)}
    return sorted({happening["label"] for happening in history.of(Op.ACCEPTED)} - ended)


def invented(history: History, phones: Phones) -> Iterable[str]:
    """Nothing was written, ended or was kept for a person that nobody sent, and no mail went without an event."""
    del phones
    accepted = {happening["label"] for happening in history.of(Op.ACCEPTED)}
    labels = {happening["label"] for op in (Op.WRITE, Op.TERMINAL, Op.PARKED) for happening in history.of(op)}
    return sorted(labels - accepted | (_event_ids(history, Op.MAIL) - _event_ids(history, Op.EVENT)))


def ended_twice(history: History, phones: Phones) -> Iterable[str]:
    """A request came to one end only."""
    del phones
    ends = Counter(happening["key"] for happening in history.of(Op.TERMINAL))
    return sorted(key for key, count in ends.items() if count > 1)


def ended_under_two_ids(history: History, phones: Phones) -> Iterable[str]:
    """All that is told of one message, however often it came, has one event id."""
    del phones
    ids: dict[str, set[str]] = defaultdict(set)
    for happening in history.of(Op.TERMINAL):
        ids[happening["label"]].add(happening["event_id"])
    return sorted(f"{label}: {sorted(found)}" for label, found in ids.items() if len(found) > 1)


def silent(history: History, phones: Phones) -> Iterable[str]:
    """Every end, and every hold, was told."""
    del phones
    return sorted((_event_ids(history, Op.TERMINAL) | _event_ids(history, Op.HELD)) - _event_ids(history, Op.EVENT))


def ghost(history: History, phones: Phones) -> Iterable[str]:
    """Nothing was told that did not happen before."""
    del phones
    ended: set[str] = set()
    for happening in history.happenings:
        if happening.op in {Op.TERMINAL, Op.HELD}:
            ended.add(happening["event_id"])
        elif happening.op is Op.EVENT and happening["event_id"] not in ended and not is_answer(happening):
            yield str(happening["event_id"])


def denied(history: History, phones: Phones) -> Iterable[str]:
    """No request that wrote says that nothing was changed."""
    del phones
    wrote = {happening["label"] for happening in history.of(Op.WRITE)}
    says_unchanged = [happening for happening in history.of(Op.TERMINAL) if _says_unchanged(happening)]
    return sorted(happening["label"] for happening in says_unchanged if happening["label"] in wrote)


def withheld(history: History, phones: Phones) -> Iterable[str]:
    """Every failure, and every message that is no request, is kept for a person."""
    del phones
    kept = _event_ids(history, Op.PARKED)
    ends = [happening for happening in history.of(Op.TERMINAL) if _needs_a_person(happening)]
    return sorted(happening["event_id"] for happening in ends if message_id_of(happening["event_id"]) not in kept)


def told_differently(history: History, phones: Phones) -> Iterable[str]:
    """Copies of an event are equal to the byte."""
    del phones
    bodies: dict[str, set[bytes]] = defaultdict(set)
    for happening in history.of(Op.EVENT):
        bodies[happening["event_id"]].add(happening["body"])
    return sorted(event_id for event_id, copies in bodies.items() if len(copies) > 1)


def notified_twice(history: History, phones: Phones) -> Iterable[str]:
    """One mail per event and recipient."""
    del phones
    mails = Counter((happening["event_id"], happening["recipient"]) for happening in history.of(Op.MAIL))
    return sorted(f"{event_id} to {recipient}" for (event_id, recipient), count in mails.items() if count > 1)


def stale(history: History, phones: Phones) -> Iterable[str]:
    """No older request wrote after a newer one of the same phone had ended well."""
    del phones
    newest: dict[tuple[str, PhoneType], int] = {}
    for happening in history.happenings:
        if happening.op is Op.TERMINAL and _is_certain(happening):
            for phone in _phones_of(happening):
                newest[phone] = max(newest.get(phone, 0), happening["sequence"])
        elif happening.op is Op.WRITE:
            phone = happening["user"], happening["phone_type"]
            if happening["sequence"] < newest.get(phone, 0):
                yield f"{happening['label']} wrote {phone} after a newer request"


def wrong_at_the_end(history: History, phones: Phones) -> Iterable[str]:
    """The directory shows what the newest request that was carried out asked for."""
    for phone, happening in _newest_ends(history).items():
        if _is_certain(happening) and phones.get(phone) != happening["value"]:
            yield f"{phone} is not what {happening['key']} left there"


def is_answer(happening: Happening) -> bool:
    """Says whether an event answers an approval; `hold_rules` looks at those."""
    return str(happening["event_id"]).startswith("approval:")


def _newest_ends(history: History) -> dict[tuple[str, PhoneType], Happening]:
    newest: dict[tuple[str, PhoneType], Happening] = {}
    for happening in history.of(Op.TERMINAL):
        if happening["outcome"] not in _HOLDS and happening["code"] not in _DOUBTFUL:
            continue
        for phone in _phones_of(happening):
            if phone not in newest or newest[phone]["sequence"] < happening["sequence"]:
                newest[phone] = happening
    return newest


def _phones_of(happening: Happening) -> list[tuple[str, PhoneType]]:
    user: Any = happening["user"]
    return [(user, phone_type) for phone_type in happening["phone_types"]] if user else []


def _is_certain(happening: Happening) -> bool:
    """Says whether an end tells of every phone that the request concerned."""
    return happening["outcome"] in _HOLDS and WarningCode.NEWER_PHONES_SPARED not in happening["warnings"]


def _says_unchanged(happening: Happening) -> bool:
    return happening["outcome"] in _UNCHANGED and happening["code"] not in _DOUBTFUL


def _needs_a_person(happening: Happening) -> bool:
    return happening["outcome"] is Outcome.FAILED or happening["code"] is Code.INVALID_REQUEST


def _event_ids(history: History, op: Op) -> set[str]:
    return {happening["event_id"] for happening in history.of(op)}


RULES: tuple[Rule, ...] = (
    lost,
    invented,
    ended_twice,
    ended_under_two_ids,
    silent,
    ghost,
    denied,
    withheld,
    told_differently,
    notified_twice,
    stale,
    wrong_at_the_end,
)
