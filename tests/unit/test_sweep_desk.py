"""A sweep that a person starts is the one that the app would start, and is never a second one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from shared.errors import BusUnavailableError
from shared.sweep.desk import SweepDesk
from shared.sweep.told_status import SweepStatus, told_status
from shared.sweep.words import GATHERING, Chain, ChainState, Run, StepMessage, run_id_of
from tests.fakes.clock import START, MovedClock
from tests.fakes.sweep import MemoryFiles, MemoryRunLog, MemoryStepQueue


@dataclass
class Shelf:
    """Reports of which only the runs and names matter."""

    of: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def runs(self) -> tuple[str, ...]:
        return tuple(sorted(self.of))

    async def names(self, run_id: str) -> tuple[str, ...]:
        return self.of[run_id]

    async def read(self, run_id: str, name: str) -> AsyncIterator[bytes]:
        yield f"{run_id}/{name}".encode()


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def desk(clock: MovedClock) -> SweepDesk:
    return SweepDesk(clock, MemoryRunLog(), MemoryStepQueue(), MemoryFiles(), Shelf(), "7")


def sent(desk: SweepDesk) -> list[StepMessage]:
    assert isinstance(desk.queue, MemoryStepQueue)
    return [message for message, _ in desk.queue.waiting]


async def test_a_run_starts_with_the_first_step_of_every_chain_that_gathers(desk: SweepDesk) -> None:
    run = await desk.start()
    assert run is not None
    assert replace(run, etag="") == Run(run_id_of(START), START, "7")
    assert sent(desk) == [StepMessage(run_id=run.run_id, chain=chain, step=0) for chain in GATHERING]
    assert {state.chain for state in (await desk.status()).chains} == set(GATHERING)


async def test_no_run_starts_while_one_is_under_way_nor_in_the_same_minute(desk: SweepDesk) -> None:
    run = await desk.start()
    assert run is not None
    assert await desk.start() is None
    await desk.runs.end(run, None)
    assert await desk.start() is None
    assert len(sent(desk)) == len(GATHERING)


async def test_the_next_run_clears_away_what_the_last_one_left(desk: SweepDesk, clock: MovedClock) -> None:
    first = await desk.start()
    assert first is not None
    await desk.files.write(first.run_id, "people/00000", b"x")
    await desk.runs.end(first, None)
    await clock.sleep(60)
    second = await desk.start()
    assert second is not None
    assert await desk.runs.chains(first.run_id) == ()
    assert [name async for name in desk.files.names(first.run_id, "")] == []


async def test_a_start_that_was_cut_off_is_a_run_that_the_app_takes_up(
    desk: SweepDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: object) -> None:
        raise BusUnavailableError

    monkeypatch.setattr(desk.queue, "send", down)
    with pytest.raises(BusUnavailableError):
        await desk.start()
    run = await desk.runs.current()
    assert run is not None
    assert run.finished_at is None


async def test_a_report_is_found_by_its_run_or_as_the_newest() -> None:
    shelf = Shelf({"20261126T0100Z": ("a",), "20261127T0100Z": ("b", "c")})
    desk = SweepDesk(MovedClock(), MemoryRunLog(), MemoryStepQueue(), MemoryFiles(), shelf, "7")
    assert await desk.reported("latest") == ("20261127T0100Z", ("b", "c"))
    assert await desk.reported("20261126T0100Z") == ("20261126T0100Z", ("a",))
    assert await desk.reported("20261128T0100Z") is None
    shelf.of.clear()
    assert await desk.reported("latest") is None


def test_the_status_tells_chains_in_the_order_in_which_they_go_and_what_they_could_not_know() -> None:
    run = Run("20261126T0100Z", START, "7")
    chains = (
        ChainState(run.run_id, Chain.JUDGING, 2, changed_at=START),
        ChainState(run.run_id, Chain.PEOPLE, 9, done=True, counts=(("rows", 8_000), ("throttled", 0))),
        ChainState(run.run_id, Chain.REGISTRATION, remarks=("No licence\nat all.",)),
    )
    head, gap, *lines = told_status(SweepStatus(run, chains)).splitlines()
    assert (head, gap) == ("Sweep 20261126T0100Z, policy 7, began 2026-11-23 09:00 UTC and is under way.", "")
    assert [line.split(maxsplit=1) for line in lines] == [
        ["registration", "step 0"],
        ["!", "'No licence\\nat all.'"],
        ["people", "done: 8,000 rows"],
        ["judging", "step 2 since 2026-11-23 09:00 UTC"],
    ]
    ended = told_status(SweepStatus(replace(run, finished_at=START + timedelta(hours=1))))
    assert ended.endswith("and has ended.")
