"""P13: no clear phone number outside the message body and Graph, whatever happens, in whatever sink one looks."""

import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from shared.codes import Code
from shared.errors import (
    BusUnavailableError,
    DirectoryRefusedError,
    DirectoryThrottledError,
    DirectoryUnavailableError,
    LedgerRefusedError,
    LedgerUnavailableError,
)
from shared.messages.completion_event import CompletionEvent
from shared.messages.received import ReceivedMessage
from shared.notify.mail import Mail
from shared.outcome import Outcome, Verdict
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.ports import WriteAnswer, WriteCertainty
from shared.telemetry import spans
from tests.fakes.directory import Person
from tests.fakes.world import ADMIN_ROLE, person, policy
from tests.scenario.watched import (
    COPIES,
    EVENTS,
    LOGS,
    MAILS,
    PARKED,
    RAISED,
    ROWS,
    SINKS,
    SPANS,
    WatchedWorld,
    leaks,
    watched_logs,
)

WANTED, CURRENT = PhoneNumber(49, "15209876543"), PhoneNumber(49, "15218765432")
ALTERNATE, EXPECTED = PhoneNumber(49, "15227654321"), PhoneNumber(49, "15236543217")
MARKED = (WANTED, CURRENT, ALTERNATE, EXPECTED)
AS_WRITTEN = "+49 1520 9876543"
LOST = WriteAnswer(WriteCertainty.UNCERTAIN)
CONFLICT = WriteAnswer(WriteCertainty.UNCERTAIN, 409, "phoneNumberNotUnique")
REFUSED = WriteAnswer(WriteCertainty.REFUSED, 403, "accessDenied")
DEFAULT = WriteAnswer(WriteCertainty.REFUSED, 400, "defaultMethod")
EVERYBODY = {outcome.value: ["user", "manager", "soc@contoso.example"] for outcome in Outcome}
REMOVE: dict[str, Any] = {"operation": "remove", "phoneNumber": None}

type Situation = Callable[[WatchedWorld], Awaitable[None]]


def anna(**fields: Any) -> Person:
    return person("anna", phones={PhoneType.MOBILE: CURRENT, PhoneType.OFFICE: ALTERNATE}, **fields)


def watched_world() -> WatchedWorld:
    return WatchedWorld([anna(), person("admin", roles=(ADMIN_ROLE,))], policy(notify=EVERYBODY), marked=MARKED)


def request(world: WatchedWorld, request_id: str = "R-1", **fields: Any) -> ReceivedMessage:
    return world.message(request_id, **{"phoneNumber": AS_WRITTEN, **fields})


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[WatchedWorld]:
    watched = watched_world()
    monkeypatch.setattr(spans, "_TRACER", watched.spans.tracer)
    with watched_logs(watched.sinks[LOGS]):
        yield watched


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"phoneNumber": "+49 (1521) 876-5432"},
        {"phoneType": "alternateMobile"},
        {"dryRun": True},
        {**REMOVE, "ifCurrent": "01521/8765432", "phoneType": "mobile"},
        {**REMOVE, "ifCurrent": "+49 1523 6543217", "phoneType": "mobile"},
        {"ifCurrent": "+49 1523 6543217"},
        REMOVE,
        {"phoneNumber": "+49 1520 9876543 x12"},
        {"phoneNumber": "+49 1520 9876543 9876543"},
        {"phoneNumber": "0900 9876543"},
        {"phoneNumber": "+53 5 9876543"},
        {"phoneNumber": "O152O 9876543"},
        {"phoneNumber": "01520\u20119876543\u202c"},
        {"user": {"userPrincipalName": "nobody@contoso.example"}},
        {"user": {"userPrincipalName": "admin@contoso.example"}},
        {"requestedBy": "intranet form"},
        {"requestedBy": "form of +49 1520 9876543"},
        {"requestedAt": "2027-11-23T09:06:00Z"},
        {"expiresAt": "2026-11-23T09:00:00Z"},
    ],
    ids=lambda fields: " ".join(f"{name}={value!r}" for name, value in fields.items()) or "plain",
)
async def test_no_outcome_shows_a_number(world: WatchedWorld, fields: dict[str, Any]) -> None:
    await world.take(request(world, **fields))
    await world.tell_everybody()
    assert len(world.outcomes()) == 1
    assert world.leaks == []
    assert world.sinks[MAILS]
    assert world.leaks == []


@pytest.mark.parametrize(
    "reason",
    [
        "INC-1: +49 1520 9876543",
        "01520-98 76 543 / old 0152 1876 5432",
        "０１５２０９８７６５４３",
        "tel:+4915209876543;ext=12",
        "00491520\u00a09876543\u200b and %2B4915209876543",
        "INC4915209876543",
        "1520.987.6543 ext 7",
        "number 1-5-2-0-9-8-7-6-5-4-3",
    ],
)
async def test_no_free_text_shows_a_number(world: WatchedWorld, reason: str) -> None:
    await world.take(request(world, reason=reason, requestedBy=f"workday {reason}"))
    await world.take(request(world, "R-2", reason=reason))
    await world.tell_everybody()
    assert len(world.outcomes()) == 2
    assert world.leaks == []


ODD: dict[str, bytes | dict[str, Any]] = {
    "nothing else": AS_WRITTEN.encode(),
    "no JSON": b'{"phoneNumber": "+49 1520 9876543"',
    "not UTF-8": b"\xff +49 1520 9876543",
    "a list": b'["+49 1520 9876543"]',
    "a field twice": b'{"phoneNumber": "+49 1520 9876543", "phoneNumber": "+49 1520 9876543"}',
    "a bare number": b"4915209876543",
    "digits without end": b'{"phoneNumber": ' + b"15209876543" * 500 + b"}",
    "too large": AS_WRITTEN.encode() * 10_000,
    "as a number": {"phoneNumber": 4915209876543},
    "in a list": {"phoneNumber": [AS_WRITTEN]},
    "as a field's name": {AS_WRITTEN: AS_WRITTEN},
    "as the operation": {"operation": AS_WRITTEN},
    "as the phone type": {"phoneType": "+4915209876543"},
    "as the region": {"region": "4915209876543"},
    "as the user": {"user": "4915209876543"},
    "as the user's id": {"user": {"id": "4915209876543"}},
    "as a field of the user": {"user": {"+4915209876543": "x"}},
    "as the version": {"schemaVersion": "4915209876543"},
    "as a minor version": {"schemaVersion": "1.4915209876543"},
    "as the time": {"requestedAt": "4915209876543"},
    "as a dry run": {"dryRun": "4915209876543"},
    "as the requester": {"requestedBy": {"phone": AS_WRITTEN}},
    "as the request id with signs": {"requestId": "+49 1520 9876543"},
    "in the request id": {"requestId": "HR-4915209876543"},
    "in parts in the request id": {"requestId": "HR-1520.987.6543"},
    "in the request id with a zero": {"requestId": "0.1520.9876543"},
    "a removal's expected number in the request id": {
        **REMOVE,
        "phoneType": "mobile",
        "ifCurrent": "+49 1523 6543217",
        "requestId": "15236543217",
    },
    "too long": {"phoneNumber": AS_WRITTEN * 10},
}


@pytest.mark.parametrize("dead", [False, True], ids=["alive", "dead"])
@pytest.mark.parametrize("odd", ODD.values(), ids=list(ODD))
async def test_no_message_with_a_number_in_an_odd_place_shows_it(
    world: WatchedWorld, odd: bytes | dict[str, Any], *, dead: bool
) -> None:
    message = world.raw(odd) if isinstance(odd, bytes) else _with_fields(world, odd)
    await (world.take_dead(message) if dead else world.take(message))
    await world.tell_everybody()
    assert len(world.outcomes()) == 1
    assert world.leaks == []


BESIDE_THE_BODY: dict[str, Callable[[WatchedWorld], ReceivedMessage]] = {
    "as the message id": lambda world: replace(request(world), message_id="4915209876543"),
    "as the message id, with signs": lambda world: replace(request(world), message_id="+49 1520 9876543"),
    "as the message id of what is no request": lambda world: world.raw(AS_WRITTEN.encode(), "4915209876543"),
    "in the message id of what is no request": lambda world: world.raw(AS_WRITTEN.encode(), "HR-4915209876543"),
    "as the session of what is no request": lambda world: world.raw(b"{}", session="4915209876543"),
    "in the request id beside a field by its other name": lambda world: _with_fields(
        world, {"phoneNumber": None, "phone_number": AS_WRITTEN, "requestId": "HR-4915209876543"}
    ),
    "in the request id beside a field that is none": lambda world: _with_fields(
        world, {"phoneNumber": None, "mobile": AS_WRITTEN, "requestId": "HR-4915209876543"}
    ),
    "in the request id beside a list of numbers": lambda world: _with_fields(
        world, {"phoneNumber": [AS_WRITTEN, "+49 1521 8765432"], "requestId": "HR-4915209876543"}
    ),
    "in the request id, with an extension in the number": lambda world: request(
        world, "HR-4915209876543", phoneNumber="+49 1520 9876543 x12"
    ),
    "in the request id, with a word in the number": lambda world: request(
        world, "HR-4915209876543", phoneNumber="+49 1520 9876543 (room 12)"
    ),
    "in the request id, with a dash before the extension": lambda world: request(
        world, "HR-4915209876543", phoneNumber="+49 1520 9876543-12"
    ),
}


@pytest.mark.parametrize("message", [pytest.param(made, id=name) for name, made in BESIDE_THE_BODY.items()])
async def test_no_number_beside_the_body_is_repeated(
    world: WatchedWorld, message: Callable[[WatchedWorld], ReceivedMessage]
) -> None:
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    await world.take(message(world))
    await world.tell_everybody()
    # The broker's own properties are the producer's; a copy that keeps its session and its id must repeat them.
    world.sinks[COPIES].clear()
    assert world.leaks == []


async def test_no_reason_for_a_dead_letter_shows_a_number(world: WatchedWorld) -> None:
    await world.take_dead(request(world), "by hand: +49 1520 9876543")
    assert world.leaks == []


def _with_fields(world: WatchedWorld, fields: dict[str, Any]) -> ReceivedMessage:
    plain = world.request(**{"phoneNumber": AS_WRITTEN, **fields})
    return world.raw(json.dumps(plain).encode())


async def throttled_till_it_expires(world: WatchedWorld) -> None:
    world.directory.read_faults = [DirectoryThrottledError(retry_after=600)] * 100
    await world.take(request(world, expiresAt="2026-11-23T12:00:00Z"))


async def read_refused(world: WatchedWorld) -> None:
    world.directory.read_faults = [DirectoryRefusedError(status=403, code="accessDenied")]
    await world.take(request(world))


async def write_refused(world: WatchedWorld) -> None:
    world.directory.answers = [(False, REFUSED)]
    await world.take(request(world))


async def half_a_removal(world: WatchedWorld) -> None:
    world.directory.answers = [(True, WriteAnswer(WriteCertainty.WRITTEN)), (False, DEFAULT)]
    await world.take(request(world, **REMOVE))


async def conflict(world: WatchedWorld) -> None:
    world.directory.answers = [(False, CONFLICT)]
    await world.take(request(world))


async def conflict_that_wrote(world: WatchedWorld) -> None:
    world.directory.answers = [(True, CONFLICT)]
    await world.take(request(world))


async def lost_write_then_no_such_user(world: WatchedWorld) -> None:
    world.directory.answers = [(False, LOST)] * 10
    await world.service.handle(request(world))
    world.people.clear()
    await world.handle_postponed()


async def overtaken(world: WatchedWorld) -> None:
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    await world.service.handle(request(world))
    await world.take(request(world, "R-2", phoneNumber="+49 1522 7654321"))


async def reused_id(world: WatchedWorld) -> None:
    await world.take(request(world))
    await world.take(request(world, phoneNumber="+49 1522 7654321"))


async def order_lost(world: WatchedWorld) -> None:
    await world.take(replace(request(world), sequence_number=1000))
    world.clock.move(hours=1)
    await world.take(request(world, "R-2", phoneNumber="+49 1522 7654321"))


async def brake_pulled(world: WatchedWorld) -> None:
    await world.brake.engage("anna", "Stop.")
    await world.take(request(world, expiresAt="2026-11-23T12:00:00Z"))


async def storage_down(world: WatchedWorld) -> None:
    world.ledger.claim_faults = [LedgerUnavailableError(retry_after=30)]
    world.ledger.finish_faults = [LedgerUnavailableError(retry_after=30)]
    await world.take(request(world))


async def storage_refuses(world: WatchedWorld) -> None:
    world.ledger.claim_faults = [LedgerRefusedError(status=400, code="PropertyValueTooLarge")]
    await world.take(request(world))


async def bus_down(world: WatchedWorld) -> None:
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    world.queue.postpone_faults = [BusUnavailableError()] * 100
    await world.take(request(world))


async def events_down(world: WatchedWorld) -> None:
    world.events.faults = [BusUnavailableError()]
    await world.take(request(world))
    world.clock.move(minutes=5)
    await world.outbox.dispatch_unsent()


async def bug_in_reading(world: WatchedWorld) -> None:
    """A bug of ours leaves by the host: its traceback names lines, not what was in the variables."""
    world.directory.read_faults = [ZeroDivisionError()]
    await world.take(request(world))


async def dead_letter(world: WatchedWorld) -> None:
    await world.take_dead(request(world))
    await world.take_dead(request(world, "R-2"), "TTLExpiredException")


async def dead_letter_that_breaks_the_product(world: WatchedWorld) -> None:
    world.ledger.claim_faults = [RuntimeError(), RuntimeError()]
    await world.take_dead(request(world))
    world.queue.park_faults = [RuntimeError()]
    await world.take_dead(request(world, "R-2"))


async def parking_fails(world: WatchedWorld) -> None:
    world.queue.park_faults = [BusUnavailableError(retry_after=30)]
    await world.take(world.raw(AS_WRITTEN.encode()))


async def held_and_approved(world: WatchedWorld) -> None:
    world.loaded_policy = policy(notify={**EVERYBODY, "held": EVERYBODY["changed"]}, tripwires={"coolDown": "P1D"})
    await world.take(request(world, "R-0", phoneNumber="+49 1522 7654321"))
    await world.service.handle(request(world))
    await world.decide(world.approval(reason=f"Called back at {AS_WRITTEN}", decidedBy="boss@contoso.example"))


async def held_and_cancelled(world: WatchedWorld) -> None:
    world.loaded_policy = policy(notify={**EVERYBODY, "held": EVERYBODY["changed"]}, tripwires={"coolDown": "P1D"})
    await world.take(request(world, "R-0", phoneNumber="+49 1522 7654321"))
    await world.service.handle(request(world))
    await world.decide(world.approval(decision="cancel", decidedBy=f"me, {AS_WRITTEN}"))


async def number_on_two_users(world: WatchedWorld) -> None:
    world.people[1].roles = ()
    world.loaded_policy = policy(notify=EVERYBODY, tripwires={"usersPerNumber": 1, "coolDown": None})
    await world.take(request(world))
    await world.take(request(world, "R-2", user={"userPrincipalName": "admin@contoso.example"}))


async def odd_approvals(world: WatchedWorld) -> None:
    await world.decide(world.raw(AS_WRITTEN.encode(), "4915209876543", ""))
    await world.decide(world.approval("4915209876543", approvalId="A-1"))
    await world.decide(world.approval(approvalId="15209876543", requestId="R-7", holdId="4915209876543"))
    await world.decide(world.raw(json.dumps({"approvalId": "A", "reason": AS_WRITTEN}).encode(), AS_WRITTEN, ""))


async def undone(world: WatchedWorld) -> None:
    await world.take(request(world))
    await world.take(world.message("U-1", operation="undo", undoes="R-1", phoneNumber=None))
    await world.take(world.message("U-2", operation="undo", undoes="4915209876543", phoneNumber=None))


SITUATIONS: list[Situation] = [
    held_and_approved,
    held_and_cancelled,
    number_on_two_users,
    odd_approvals,
    undone,
    throttled_till_it_expires,
    read_refused,
    write_refused,
    half_a_removal,
    conflict,
    conflict_that_wrote,
    lost_write_then_no_such_user,
    overtaken,
    reused_id,
    order_lost,
    brake_pulled,
    storage_down,
    storage_refuses,
    bus_down,
    events_down,
    bug_in_reading,
    dead_letter,
    dead_letter_that_breaks_the_product,
    parking_fails,
]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
async def test_no_fault_shows_a_number(world: WatchedWorld, situation: Situation) -> None:
    await situation(world)
    await world.tell_everybody()
    assert world.outcomes() or world.sinks[RAISED]
    assert world.leaks == []


async def test_between_them_the_situations_reach_every_sink(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nothing reaches is not tested above."""
    reached = set[str]()
    for situation in SITUATIONS:
        watched = watched_world()
        monkeypatch.setattr(spans, "_TRACER", watched.spans.tracer)
        with watched_logs(watched.sinks[LOGS]):
            await situation(watched)
            await watched.tell_everybody()
        reached |= {sink for sink, texts in watched.sinks.items() if texts}
        reached |= {SPANS} if watched.spans.texts else set()
    assert reached == set(SINKS)


VERDICT = Verdict(Outcome.FAILED, Code.INVALID_JSON, f"It was {AS_WRITTEN}.")


async def leak_into_logs(world: WatchedWorld) -> None:
    with watched_logs(world.sinks[LOGS]):
        logging.getLogger("azure.some.library").debug("sent %s", AS_WRITTEN)


async def leak_into_an_extra(world: WatchedWorld) -> None:
    with watched_logs(world.sinks[LOGS]):
        logging.getLogger("mine").info("sent", extra={"number": AS_WRITTEN})


async def leak_into_a_logged_traceback(world: WatchedWorld) -> None:
    with watched_logs(world.sinks[LOGS]):
        try:
            int(AS_WRITTEN)
        except ValueError:
            logging.getLogger("mine").exception("It went wrong.")


async def leak_into_a_spans_attribute(world: WatchedWorld) -> None:
    with world.spans.tracer.start_as_current_span("write", attributes={"number": AS_WRITTEN}):
        pass


async def leak_into_a_spans_exception(world: WatchedWorld) -> None:
    with pytest.raises(ValueError, match="1520"), world.spans.tracer.start_as_current_span("write"):
        raise ValueError(AS_WRITTEN)


async def leak_into_rows(world: WatchedWorld) -> None:
    await world.brake.engage("anna", AS_WRITTEN)
    world.sinks[EVENTS].clear()


async def leak_into_events(world: WatchedWorld) -> None:
    await world.events.publish(CompletionEvent("R-1", json.dumps({"number": "+49\u20111520\u20119876543"}), "", ""))


async def leak_into_parked_properties(world: WatchedWorld) -> None:
    await world.queue.park(world.raw(b"{}"), VERDICT, "R-1")


async def leak_into_copies(world: WatchedWorld) -> None:
    trace = "00-00000000000000000004915209876543-00f067aa0ba902b7-01"
    await world.queue.postpone(replace(world.raw(b"{}"), traceparent=trace), world.options.read_back)


async def leak_into_mails(world: WatchedWorld) -> None:
    await world.send(Mail("anna@contoso.example", "Changed", f"<b>{AS_WRITTEN}</b>", "R-1"))


async def leak_into_exceptions(world: WatchedWorld) -> None:
    fault = LedgerUnavailableError()
    fault.__context__ = ValueError(AS_WRITTEN)
    world.note_fault(fault)


PLANTED: dict[Situation, str] = {
    leak_into_logs: LOGS,
    leak_into_an_extra: LOGS,
    leak_into_a_logged_traceback: LOGS,
    leak_into_a_spans_attribute: SPANS,
    leak_into_a_spans_exception: SPANS,
    leak_into_rows: ROWS,
    leak_into_events: EVENTS,
    leak_into_parked_properties: PARKED,
    leak_into_copies: COPIES,
    leak_into_mails: MAILS,
    leak_into_exceptions: RAISED,
}


@pytest.mark.parametrize(("plant", "sink"), PLANTED.items(), ids=[plant.__name__ for plant in PLANTED])
async def test_a_number_that_is_planted_in_a_sink_is_found(plant: Situation, sink: str) -> None:
    watched = watched_world()
    await plant(watched)
    assert watched.leaks
    assert all(leak.startswith(f"{sink}: ") for leak in watched.leaks)


def test_every_sink_has_a_planted_number() -> None:
    assert set(PLANTED.values()) == set(SINKS)


@pytest.mark.parametrize(
    "writing",
    [
        "+49 1520 9876543",
        "(01520) 987-65.43",
        "1520/98 76 543",
        "4915209876543",
        "９８７６５４３",
        r"\u002b49\u00a01520\u20119876543",
        "%2B49%201520%209876543",
        r"b'1520\x209876543'",
        "HR-9876543",
    ],
)
def test_a_number_is_found_in_whatever_writing(writing: str) -> None:
    assert leaks({LOGS: [f"before {writing} after"]}, MARKED)


@pytest.mark.parametrize("text", ["+49 *********43", "2026-11-23T09:06:00Z", "R-98 and 76543", "987654"])
def test_what_is_no_number_of_ours_is_not_blamed(text: str) -> None:
    assert leaks({LOGS: [text]}, MARKED) == []
