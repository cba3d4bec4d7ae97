"""A conversation with some of its octets changed never makes the broker fail; it ends the connection at worst."""

import asyncio
import logging
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.servicebus.attaching import Attacher
from local.servicebus.clock import ManualClock
from local.servicebus.connection import Connection
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.settings import NamespaceSettings, QueueSettings
from tests.unit.servicebus.at_hand import transit
from tests.unit.servicebus.conversation import CONVERSATION, START

SETTINGS = NamespaceSettings({"q": QueueSettings(), "s": QueueSettings(requires_session=True)})


PLACES = st.integers(0, len(CONVERSATION) - 1)
EDITS = st.lists(st.tuples(PLACES, st.integers(0, 255)), max_size=8)


class Unread:
    """A transport whose other end does not matter."""

    def __init__(self) -> None:
        self.closing = False
        self.octets = 0

    def write(self, octets: bytes) -> None:
        self.octets += len(octets)

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    abort = close


async def converse(octets: bytes) -> int:
    """Says it all to a new broker, lets time pass and hangs up; gives the number of octets that were answered."""
    clock, transport = ManualClock(), Unread()
    namespace = Namespace(SETTINGS, clock)
    namespace.entity("q").intake.send([transit("one"), transit("two")])
    namespace.entity("s").intake.send([transit("one", session="a"), transit("two", session="b")])
    connection = Connection(Attacher(namespace, clock), lambda _: None, 60)
    connection.connection_made(cast("asyncio.Transport", transport))
    connection.data_received(octets)
    clock.move(10_000)
    connection.connection_lost(None)
    return transport.octets


def no_failure(octets: bytes, caplog: pytest.LogCaptureFixture) -> bool:
    """Says that the broker logged no failure of its own while it took these octets."""
    caplog.clear()
    asyncio.run(converse(octets))
    return not [record for record in caplog.records if record.levelno >= logging.ERROR]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_a_damaged_stream_never_makes_the_broker_fail(
    caplog: pytest.LogCaptureFixture, edits: list[tuple[int, int]]
) -> None:
    octets = bytearray(CONVERSATION)
    for place, octet in edits:
        octets[place] = octet
    assert no_failure(bytes(octets), caplog)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PLACES, PLACES, st.binary(max_size=60))
def test_a_stream_with_octets_cut_out_or_put_in_never_makes_the_broker_fail(
    caplog: pytest.LogCaptureFixture, one: int, other: int, noise: bytes
) -> None:
    first, last = sorted((one, other))
    assert no_failure(CONVERSATION[:first] + noise + CONVERSATION[last:], caplog)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([b"", START]), st.binary(max_size=300))
def test_noise_never_makes_the_broker_fail(caplog: pytest.LogCaptureFixture, start: bytes, noise: bytes) -> None:
    assert no_failure(start + noise, caplog)


def test_the_stream_is_answered_to_its_end_when_it_is_whole() -> None:
    """Else the test above would damage what nobody reads."""
    whole = asyncio.run(converse(CONVERSATION))
    assert whole > asyncio.run(converse(CONVERSATION[:-50]))
