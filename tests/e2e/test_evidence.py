"""The history that is put together from outside: a clean run passes, and every forgery is found out."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from tests.e2e.evidence import Evidence, Seen
from tests.fakes.world import person
from tests.simulation.checker import broken
from tests.simulation.history import Op
from tests.simulation.workload import Sent

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANNA = person("anna")
KEY = b"k" * 32
FIRST, SECOND = PhoneNumber(49, "15112345678"), PhoneNumber(49, "15187654321")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def request(request_id: str, number: PhoneNumber | None) -> Sent:
    fields = {
        "schemaVersion": "1.0",
        "requestId": request_id,
        "operation": "set" if number else "remove",
        "user": {"userPrincipalName": ANNA.user.user_principal_name},
        "phoneType": "mobile",
        "requestedBy": "workday",
        "reason": "INC-1",
        "requestedAt": START.isoformat(),
        **({"phoneNumber": number.in_clear()} if number else {}),
    }
    return Sent(0, json.dumps(fields).encode(), request_id, "anna@contoso.example")


def row(evidence: Evidence, sent: Sent, sequence: int, ended: float, code: str = "replaced") -> dict[str, Any]:
    (asked,) = [found for label, found in evidence.requests.items() if label.startswith(f"{sent.message_id}~")]
    return {
        "RowKey": f"request:{sent.message_id}",
        "fingerprint": asked.fingerprint,
        "sequence": str(sequence),
        "acceptedAt": at(0),
        "finished": True,
        "finishedAt": at(ended - 0.01),
        "storedAt": at(ended),
        "outcome": "changed",
        "code": code,
        "warnings": "",
        "userId": ANNA.user.id,
        "eventId": f"{sent.message_id}:changed",
    }


def event(request_id: str, seconds: float, body: str = "") -> Seen:
    told = {"id": f"{request_id}:changed", "data": body}
    return Seen(at(seconds), f"{request_id}:changed", json.dumps(told).encode())


def write(seconds: float, number: PhoneNumber | None) -> dict[str, Any]:
    clear = number.in_clear() if number else None
    return {"at": at(seconds).isoformat(), "user": ANNA.user.id, "phoneType": "mobile", "phoneNumber": clear}


def mail(folder: Path, seconds: float, request_id: str = "R-1") -> Path:
    path = folder / f"{at(seconds):%Y%m%dT%H%M%S.%fZ}-{request_id}.eml"
    path.write_text(f"To: anna@contoso.example\nx-mfaphone-event-id: {request_id}:changed\n\nHello.\n")
    return path


@pytest.fixture
def clean(tmp_path: Path) -> Evidence:
    """Two changes of Anna's mobile phone, one after the other, the first one's mail twice with a kill between."""
    first, second = request("R-1", FIRST), request("R-2", SECOND)
    sent = Evidence([ANNA], KEY, [(at(0), first), (at(0), second)], [], [], [], [], [])
    return replace(
        sent,
        rows=[row(sent, first, 1, 2), row(sent, second, 2, 4)],
        journal=[write(1, FIRST), write(3, SECOND)],
        events=[event("R-1", 2.1), event("R-2", 4.1), event("R-1", 30)],
        mails=[mail(tmp_path, 2.2), mail(tmp_path, 9)],
        kills=[(at(5), "host")],
    )


def rules(evidence: Evidence, left: PhoneNumber | None = SECOND) -> set[str]:
    return {found.rule for found in broken(evidence.history(), {(ANNA.user.id, PhoneType.MOBILE): left})}


def test_a_clean_run_passes_and_every_write_has_its_request(clean: Evidence) -> None:
    assert rules(clean) == set()
    assert [happening["sequence"] for happening in clean.history().of(Op.WRITE)] == [1, 2]
    assert clean.twice_excused() == 1


FORGERIES: dict[str, Callable[[Evidence], Evidence]] = {
    "lost": lambda run: replace(run, rows=run.rows[1:], events=run.events[1:2], mails=[]),
    "invented": lambda run: replace(run, sent=run.sent[1:]),
    "silent": lambda run: replace(run, events=run.events[:1]),
    "ghost": lambda run: replace(run, events=[*run.events, event("R-2", 3.9)]),
    "told_differently": lambda run: replace(run, events=[*run.events, event("R-2", 40, "otherwise")]),
    "notified_twice": lambda run: replace(run, kills=[]),
    "stale": lambda run: replace(run, journal=[*run.journal, write(5, FIRST)]),
}


@pytest.mark.parametrize("rule", FORGERIES)
def test_a_forgery_is_found_out(clean: Evidence, rule: str) -> None:
    assert rule in rules(FORGERIES[rule](clean))


def test_a_parked_message_is_known_by_its_event_and_must_have_its_body(clean: Evidence) -> None:
    body = request("R-1", FIRST).body
    assert rules(replace(clean, parked=[Seen(at(2.05), "R-1:changed", body)])) == set()
    assert rules(replace(clean, parked=[Seen(at(2.05), "R-1:changed", body[1:])])) == {"invented"}
    assert rules(replace(clean, parked=[Seen(at(2.05), "R-9:failed", body)])) == {"invented"}


def test_a_directory_that_shows_something_else_is_found_out(clean: Evidence) -> None:
    assert rules(clean, FIRST) == {"wrong_at_the_end"}


def test_a_write_that_nobody_asked_for_is_found_out(clean: Evidence) -> None:
    assert "invented" in rules(replace(clean, journal=[*clean.journal, write(5, None)]))


def test_a_row_of_another_content_is_not_taken_for_the_messages_end(clean: Evidence) -> None:
    other = [{**clean.rows[0], "fingerprint": "another"}, clean.rows[1]]
    assert {"lost", "invented"} <= rules(replace(clean, rows=other))


def test_a_removal_is_booked_on_the_request_that_was_under_way(clean: Evidence) -> None:
    removal = request("R-3", None)
    sent = replace(clean, sent=[*clean.sent, (at(0), removal)])
    ended = {**row(sent, removal, 3, 7, "removed"), "acceptedAt": at(4.5)}
    run = replace(sent, rows=[*clean.rows, ended], events=[*clean.events, event("R-3", 7.1)])
    assert rules(replace(run, journal=[*clean.journal, write(6, None)]), None) == set()
    assert "invented" in rules(replace(run, journal=[*clean.journal, write(8, None)]), None)


def test_a_write_of_what_is_there_already_counts_as_repeated(clean: Evidence) -> None:
    assert clean.repeated_writes() == 0
    assert replace(clean, journal=[*clean.journal, write(3.5, SECOND)]).repeated_writes() == 1
