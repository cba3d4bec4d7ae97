"""Readings keep to their pace, obey what Graph asks for, and end in time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from shared.compliance.rows import MethodsRead, Unavailable
from shared.errors import DirectoryRefusedError, DirectoryThrottledError, TransientError
from shared.sweep.paced_reading import BATCH_SIZE, Gathered, PacedReading
from shared.sweep.ports import BatchAnswer
from tests.fakes.clock import MovedClock
from tests.fakes.sweep import Quiet

AT = datetime(2026, 11, 26, tzinfo=UTC)
USERS = tuple(f"user-{number}" for number in range(100))


@dataclass
class Graph:
    """Answers as told, then as it should; knows when it was asked."""

    clock: MovedClock
    script: list[BatchAnswer | Unavailable | TransientError | DirectoryRefusedError] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    load: float = 0.0

    async def read(self, user_ids: Sequence[str]) -> BatchAnswer | Unavailable:
        self.moments.append(self.clock.monotonic())
        self.asked += user_ids
        told = self.script.pop(0) if self.script else None
        if isinstance(told, Exception):
            raise told
        return told or BatchAnswer(tuple(MethodsRead(user_id, AT) for user_id in user_ids), load=self.load)


@dataclass
class Ports:
    """As much of the world as a reading needs."""

    clock: MovedClock
    methods: Graph
    live: Quiet = field(default_factory=Quiet)


async def read(graph: Graph, users: Sequence[str] = USERS, per_10_s: int = 200, until: float = 1000) -> Gathered:
    ports = cast("Any", Ports(graph.clock, graph))
    return await PacedReading(ports, per_10_s, until).read(users)


def graph() -> Graph:
    return Graph(MovedClock())


async def test_everyone_is_read_once_in_batches_of_twenty() -> None:
    far_end = graph()
    found = await read(far_end, [*USERS, *USERS])
    assert [reading.user_id for reading in found.readings] == list(USERS)
    assert len(far_end.moments) == len(USERS) / BATCH_SIZE
    assert (found.asked, found.left) == (100, [])


async def test_no_window_of_ten_seconds_sees_more_readings_than_allowed() -> None:
    far_end = graph()
    await read(far_end, [f"user-{number}" for number in range(2000)], per_10_s=200)
    for first, moment in enumerate(far_end.moments):
        within = [each for each in far_end.moments[first:] if each - moment < 10]
        assert len(within) * BATCH_SIZE <= 200
    assert far_end.clock.monotonic() <= 2000 / 200 * 10 * 1.03


async def test_a_retry_after_within_a_batch_silences_all_of_it() -> None:
    far_end = graph()
    far_end.script = [BatchAnswer((), USERS[:BATCH_SIZE], retry_after=17.0, throttled=20)]
    found = await read(far_end)
    assert far_end.moments[1] - far_end.moments[0] >= 17
    assert sorted(reading.user_id for reading in found.readings) == sorted(USERS)
    assert found.throttled == 20


async def test_a_throttled_batch_waits_as_long_as_graph_asks_for() -> None:
    far_end = graph()
    far_end.script = [DirectoryThrottledError(retry_after=9)]
    found = await read(far_end)
    assert far_end.moments[1] - far_end.moments[0] >= 9
    assert len(found.readings) == 100


async def test_near_the_limit_it_goes_slower() -> None:
    near, far = graph(), graph()
    near.load = 0.95
    await read(near)
    await read(far)
    assert near.clock.monotonic() > 1.5 * far.clock.monotonic()


async def test_who_is_not_answered_for_in_five_tries_is_left() -> None:
    far_end = graph()
    far_end.script = [BatchAnswer((), ("user-0",)) for _ in range(9)]
    found = await read(far_end, ["user-0"])
    assert (found.left, found.readings, far_end.asked.count("user-0")) == (["user-0"], [], 5)


async def test_it_ends_in_time_and_says_who_is_left() -> None:
    found = await read(graph(), per_10_s=20, until=25)
    assert len(found.readings) == 3 * BATCH_SIZE
    assert found.left == list(USERS[3 * BATCH_SIZE :])


async def test_where_methods_may_not_be_read_nobody_else_is_asked() -> None:
    far_end = graph()
    far_end.script = [Unavailable("The app may not read methods.", "permission")]
    found = await read(far_end)
    assert found.unavailable == Unavailable("The app may not read methods.", "permission")
    assert sorted(found.left) == sorted(USERS)
    assert len(far_end.moments) == 1


async def test_what_graph_refuses_for_good_is_told_as_it_is() -> None:
    far_end = graph()
    far_end.script = [DirectoryRefusedError(status=400, code="badRequest")]
    with pytest.raises(DirectoryRefusedError):
        await read(far_end)
