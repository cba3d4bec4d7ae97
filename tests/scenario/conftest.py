"""Every scenario is a leak test too: no sink of its worlds shows a number that a request named (P13)."""

import logging
import re
from collections.abc import Iterator

import pytest

from tests.fakes.world import NEW, OLD, World

# The last digits of the numbers that scenarios use, the third one that of "another number".
MARKED = (NEW.national[-8:], OLD.national[-8:], "11112222")


def shown_by(world: World) -> str:
    """Gives everything that a world would show to others than Graph and whoever reads a body."""
    ledger = world.ledger
    sinks = [event.body + event.id for event in world.events.sent]
    sinks += [repr(kept) for kept in (ledger.records, ledger.facts, ledger.endings, ledger.outbox)]
    sinks += [repr(kept) for kept in (world.watermarks.marks, world.waiting.waiting, world.brake_log.counted)]
    sinks += [f"{parked_id} {verdict!r} {verdict.message}" for parked_id, (_, verdict) in world.queue.parked.items()]
    return "\n".join(sinks)


@pytest.fixture(autouse=True)
def _no_number_is_shown(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    worlds: list[World] = []
    made = World.__post_init__

    def noted(world: World) -> None:
        made(world)
        worlds.append(world)

    monkeypatch.setattr(World, "__post_init__", noted)
    caplog.set_level(logging.DEBUG)
    yield
    # That module plants leaks, to show that they are found.
    if request.module.__name__.endswith("test_leaks"):
        return
    logged = [record.getMessage() for record in caplog.get_records("call")]
    text = "\n".join([*logged, *map(shown_by, worlds)])
    digits = re.sub(r"[\s().\-/+]", "", text)
    assert [number for number in MARKED if number in digits] == []
