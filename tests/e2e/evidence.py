"""A history put together from what can be seen from outside: messages, rows, events, mails, and Graph's own journal."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from functools import cached_property
from pathlib import Path
from typing import Any

from shared.codes import Code
from shared.keyed_hash import keyed_hash
from shared.messages.change_request import ChangeRequest, Operation
from shared.messages.completion_event import message_id_of
from shared.messages.decode import decode
from shared.messages.fingerprint import fingerprint
from shared.messages.received import ReceivedMessage
from shared.outcome import Outcome
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.phone.reading import ReadNumber, read_number
from shared.tables.ledger_rows import REQUEST_PREFIX
from tests.fakes.directory import Person
from tests.simulation.broker import label_of
from tests.simulation.history import History, Op
from tests.simulation.workload import Sent

# How long after its sender's death a call may still reach Graph: it was on its way.
_UNDER_WAY = timedelta(seconds=1)
type Row = Mapping[str, Any]
# What happened in the same millisecond happened in this order: Service Bus tells no finer time.
_ORDER = (Op.ACCEPTED, Op.WRITE, Op.TERMINAL, Op.PARKED, Op.EVENT, Op.MAIL)


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it came out of Service Bus."""

    at: datetime
    message_id: str
    body: bytes


@dataclass(frozen=True)
class Evidence:
    """All that was seen of a run."""

    people: list[Person]
    key: bytes
    sent: list[tuple[datetime, Sent]]
    events: list[Seen]
    parked: list[Seen]
    rows: list[Row]
    journal: list[dict[str, Any]]
    mails: list[Path]
    # When which program was killed.
    kills: list[tuple[datetime, str]] = field(default_factory=list)

    def history(self) -> History:
        """Puts everything into the order in which it took effect."""
        told = [
            *self._accepted(),
            *self._writes(),
            *self._terminals(),
            *self._parked(),
            *self._events(),
            *self._mailed(),
        ]
        history = History()
        for at, op, facts in sorted(told, key=lambda each: (_milliseconds(each[0]), _ORDER.index(each[1]))):
            history.note(op, at=at, **facts)
        return history

    @cached_property
    def requests(self) -> "dict[str, Asked]":
        """The producer's messages by label."""
        keys = {key.lower(): person.user.id for person in self.people for key in _keys(person)}
        found: dict[str, Asked] = {}
        for _, sent in self.sent:
            found.setdefault(label_of(sent.message_id, sent.body), _asked(sent, keys, self.key))
        return found

    @cached_property
    def ends(self) -> dict[str, Row]:
        """The finished rows by label; a row that no message explains has a label that nobody sent."""
        rows = {row["RowKey"].removeprefix(REQUEST_PREFIX): row for row in self.rows if row.get("finished")}
        labels = {
            key: label
            for label, asked in self.requests.items()
            for key in asked.record_keys
            if key in rows and rows[key]["fingerprint"] == asked.fingerprint
        }
        return {labels.get(key, f"nobody's {key}"): row for key, row in rows.items()}

    def repeated_writes(self) -> int:
        """Counts writes of a value that was there already."""
        values: dict[tuple[str, str], Any] = {}
        repeated = 0
        for line in self.journal:
            phone = line["user"], line["phoneType"]
            repeated += phone in values and values[phone] == line["phoneNumber"]
            values[phone] = line["phoneNumber"]
        return repeated

    def twice_excused(self) -> int:
        """Counts second mails that a kill explains: it came between handing the mail over and noting that."""
        return len(self.mails) - sum(1 for _ in self._mailed())

    def _accepted(self) -> "Iterator[_Told]":
        for at, sent in self.sent:
            yield at, Op.ACCEPTED, {"label": label_of(sent.message_id, sent.body), "body": sent.body}

    def _writes(self) -> "Iterator[_Told]":
        for line in self.journal:
            at, phone_type = datetime.fromisoformat(line["at"]), PhoneType(line["phoneType"])
            value = PhoneNumber.from_graph(line["phoneNumber"]) if line["phoneNumber"] else None
            label = self._writer(at, line["user"], phone_type, value)
            sequence = int(self.ends[label]["sequence"]) if label in self.ends else 0
            facts = {"user": line["user"], "phone_type": phone_type, "value": value}
            yield at, Op.WRITE, {**facts, "sequence": sequence, "label": label}

    def _writer(self, at: datetime, user: str, phone_type: PhoneType, value: PhoneNumber | None) -> str:
        """Says whose write it was: numbers are unique; of removals the newest that was under way gets the credit."""
        found = [
            label
            for label, asked in self.requests.items()
            if asked.user == user and phone_type in asked.phone_types and asked.value == value and asked.may_write
        ]
        if value is None:
            under_way = [label for label in found if label in self.ends and self._covers(label, at)]
            changed = [label for label in under_way if self.ends[label]["outcome"] == Outcome.CHANGED]
            found = sorted(changed or under_way, key=lambda label: int(self.ends[label]["sequence"]))
        return found[-1] if found else f"nobody's write of {user} {phone_type}"

    def _covers(self, label: str, at: datetime) -> bool:
        return (
            _milliseconds(self.ends[label]["acceptedAt"])
            <= _milliseconds(at)
            <= _milliseconds(_ended(self.ends[label]))
        )

    def _terminals(self) -> "Iterator[_Told]":
        for label, row in self.ends.items():
            asked = self.requests.get(label, Asked())
            facts = {
                "key": row["RowKey"].removeprefix(REQUEST_PREFIX),
                "label": label,
                "sequence": int(row["sequence"]),
                "phone_types": asked.phone_types,
                "value": asked.value,
                "outcome": Outcome(row["outcome"]),
                "code": Code(row["code"]),
                "warnings": tuple(filter(None, row["warnings"].split(","))),
                "user": row.get("userId"),
                "event_id": row["eventId"],
            }
            yield _ended(row), Op.TERMINAL, facts

    def _parked(self) -> "Iterator[_Told]":
        labels = {message_id_of(row["eventId"]): label for label, row in self.ends.items()}
        for seen in self.parked:
            label = labels.get(seen.message_id, "")
            # The label ends with the hash of the body: a body that is not intact has nobody's.
            mine = label == label_of(label.rpartition("~")[0], seen.body)
            facts = {"label": label if mine else f"nobody's {seen.message_id}", "event_id": seen.message_id}
            yield seen.at, Op.PARKED, facts

    def _events(self) -> "Iterator[_Told]":
        for seen in self.events:
            yield seen.at, Op.EVENT, {"event_id": json.loads(seen.body)["id"], "body": seen.body}

    def _mailed(self) -> "Iterator[_Told]":
        before: dict[tuple[str, str], datetime] = defaultdict(lambda: datetime.max.replace(tzinfo=UTC))
        for path in sorted(self.mails):
            mail = message_from_bytes(path.read_bytes())
            at = datetime.strptime(path.name[:23], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
            event_id, recipient = str(mail["x-mfaphone-event-id"]), str(mail["To"])
            if not any(before[event_id, recipient] - _UNDER_WAY <= kill <= at for kill, _ in self.kills):
                yield at, Op.MAIL, {"event_id": event_id, "recipient": recipient}
            before[event_id, recipient] = at


type _Told = tuple[datetime, Op, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message asks for, and under which keys the ledger may have it."""

    record_keys: tuple[str, ...] = ()
    fingerprint: str = ""
    user: str | None = None
    phone_types: tuple[PhoneType, ...] = ()
    value: PhoneNumber | None = None
    may_write: bool = False


def _asked(sent: Sent, users: Mapping[str, str], key: bytes) -> Asked:
    request = decode(ReceivedMessage(sent.body, sent.message_id, sent.session_id, 1, datetime.now(UTC)))
    if not isinstance(request, ChangeRequest):
        print_ = keyed_hash(f"{sent.message_id}\0".encode() + sent.body, key)
        return Asked((f"unreadable~{print_[:16]}",), print_)
    print_ = fingerprint(request, key)
    return Asked(
        (request.request_id, f"{request.request_id}~{print_[:16]}"),
        print_,
        users.get(request.user.value.lower()),
        request.phone_types,
        _number(request),
        may_write=not request.dry_run,
    )


def _number(request: ChangeRequest) -> PhoneNumber | None:
    if request.operation is not Operation.SET or request.phone_number is None:
        return None
    reading = read_number(request.phone_number.get_secret_value(), request.region or "DE")
    return reading.number if isinstance(reading, ReadNumber) else None


def phones_in(tenant: Mapping[str, Any]) -> dict[tuple[str, PhoneType], PhoneNumber | None]:
    """Gives the directory as Graph's twin tells it."""
    return {
        (user["id"], PhoneType(phone["phoneType"])): PhoneNumber.from_graph(phone["phoneNumber"])
        for user in tenant["users"]
        for phone in user["phoneMethods"]
    }


def journal_of(path: Path) -> list[dict[str, Any]]:
    """Reads Graph's journal."""
    lines: Iterable[str] = path.read_text(encoding="utf-8").splitlines() if path.exists() else ()
    return [json.loads(line) for line in lines]


def _keys(person: Person) -> tuple[str, ...]:
    return person.user.id, person.user.user_principal_name, person.employee_id


def _ended(row: Row) -> datetime:
    """Gives when the outcome was written: by the storage's clock, unless the row was touched once more to park it."""
    ended: datetime = row["finishedAt"] if row.get("parked") else row["storedAt"]
    return ended


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
