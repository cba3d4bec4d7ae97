"""Whatever properties a message has, it is received; and only this product's own copies name another origin."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from azure.functions.servicebus import ServiceBusMessage
from hypothesis import given
from hypothesis import strategies as st

from functions import received as module
from shared.messages.origin import ACCEPTED_AT, ATTEMPT, MESSAGE_ID, SEQUENCE, SIGNATURE, Origin
from shared.messages.received import ReceivedMessage
from tests.fakes.clock import START
from tests.fakes.world import KEY, World
from tests.fuzz.odd_inputs import ADMITTED, SMALL, any_bytes, seed
from tests.simulation.loop import run_jumping

NAMES = (ATTEMPT, SEQUENCE, MESSAGE_ID, ACCEPTED_AT, SIGNATURE, "traceparent", "Diagnostic-Id", "DeadLetterReason")
BODY = json.dumps(World().request()).encode()
SIGNED: dict[str, Any] = dict(Origin("R-1", 7, START, attempt=3).signed(BODY, KEY))
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_ODD: tuple[Any, ...] = (
    None, "", "0", "-1", "1", "7", "9" * 5_000, "١", "²", "nan", "2026-11-23T09:00:00", "2026-11-23T09:00:00+00:00",
    "\ud800", "x" * 300, TRACE, TRACE.upper(), 0, 1, -1, 2**63, 1.5, True, b"", b"\xff", [], {}, START, "R-1",
)  # fmt: skip
values = st.one_of(
    st.sampled_from(_ODD), st.text(max_size=20), st.integers(), st.floats(), st.binary(max_size=8), st.datetimes()
)
properties = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), values, max_size=10)


@pytest.fixture(autouse=True, scope="module")
def _configured() -> Iterator[None]:
    settings = SimpleNamespace(sequence_epoch=1, number_keys=(KEY,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "configuration", lambda: SimpleNamespace(settings=settings))
        yield


def taken(body: bytes, told: dict[str, Any] | None, **fields: Any) -> ReceivedMessage:
    """Receives a message as the host hands it over."""
    fields = {"message_id": "M-1", **fields}
    message = ServiceBusMessage(body=body, application_properties=told, user_properties={}, **fields)  # type: ignore[arg-type]
    context = SimpleNamespace(trace_context=SimpleNamespace(trace_parent=""))
    return module.received(message, context)  # type: ignore[arg-type]


def check(body: bytes, told: dict[str, Any] | None, **fields: Any) -> None:
    """Receives a message that no copy of ours is, or one with the origin that was signed, and carries it out."""
    message = taken(body, told, **fields)
    genuine = told is not None and body == BODY and {name: told.get(name) for name in SIGNED} == SIGNED
    assert (message.copied_from is not None) is genuine
    assert message.enqueued_at.tzinfo is UTC
    assert isinstance(message.origin.message_id, str)
    assert message.traceparent in {"", TRACE}


def ended(message: ReceivedMessage) -> list[tuple[str, str]]:
    """Takes a message through the whole service."""
    world = World()
    run_jumping(world.service.handle(message))
    return world.outcomes()


@SMALL
@given(any_bytes | st.just(BODY), st.none() | properties)
def test_any_properties_are_received_and_none_of_them_is_believed(body: bytes, told: dict[str, Any] | None) -> None:
    check(body, told, message_id="M-1", session_id="anna@contoso.example", sequence_number=9)


@SMALL
@given(st.sampled_from(sorted(SIGNED)), values)
def test_a_copy_of_ours_with_one_property_changed_is_a_message_like_any_other(name: str, value: object) -> None:
    check(BODY, {**SIGNED, name: value})


@SMALL
@given(
    st.none() | st.text(max_size=200),
    st.none() | st.text(max_size=200),
    st.none() | st.integers(0, 2**63),
    st.none() | st.datetimes() | st.just(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=9)))),
)
def test_whatever_the_broker_leaves_out_a_message_is_received(
    message_id: str | None, session_id: str | None, sequence: int | None, enqueued: datetime | None
) -> None:
    check(
        BODY,
        SIGNED,
        message_id=message_id,
        session_id=session_id,
        sequence_number=sequence,
        enqueued_time_utc=enqueued,
    )


@SMALL
@given(any_bytes, st.text(max_size=40), st.text(max_size=40), properties)
def test_any_message_comes_to_one_end(body: bytes, message_id: str, session_id: str, told: dict[str, Any]) -> None:
    message = taken(body, told, message_id=message_id, session_id=session_id, sequence_number=9)
    assert len(ended(message)) == 1


def test_a_copy_of_ours_is_one() -> None:
    """Without this the tests around it could pass on copies that nobody knows."""
    assert taken(BODY, SIGNED).copied_from == Origin("R-1", 7, START, attempt=3)


@pytest.mark.long
def test_odd_properties_by_the_hundred_thousand_are_received() -> None:
    rng = random.Random(seed())  # noqa: S311 - a seed, no secret
    for _ in range(ADMITTED):
        told = {**(SIGNED if rng.random() < 0.7 else {})}
        for name in rng.sample(NAMES, rng.randrange(4)):
            told[name] = rng.choice(_ODD)
        body = BODY if rng.random() < 0.8 else rng.randbytes(rng.randrange(40))
        check(body, told, message_id=rng.choice(_ODD[:14]), sequence_number=rng.randrange(2**63))
