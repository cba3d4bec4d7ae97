"""What is read for all is read by one, kept for a while, and never older than it may be."""

import asyncio
import logging

import pytest

from shared.errors import DirectoryRefusedError, DirectoryUnavailableError
from shared.graph.kept_reading import KeptReading
from tests.fakes.clock import MovedClock

AGE = 300.0
LONG = 5.0


class Source:
    """Answers with the number of the reading, as soon as it may."""

    def __init__(self) -> None:
        self.readings = 0
        self.answers = asyncio.Event()
        self.answers.set()
        self.fault: Exception | None = None

    async def read(self) -> int:
        self.readings += 1
        number = self.readings
        await self.answers.wait()
        if self.fault is not None:
            raise self.fault
        return number


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def kept(source: Source, clock: MovedClock) -> KeptReading[int]:
    return KeptReading(source.read, clock, "what the test asks for", AGE)


async def idle() -> None:
    """Lets every task go on until it waits for something that the test has in hand."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_nothing_is_read_before_somebody_asks(source: Source, kept: KeptReading[int]) -> None:
    await idle()
    assert source.readings == 0
    assert await kept.get() == 1


async def test_all_who_ask_at_once_wait_for_one_reading(source: Source, kept: KeptReading[int]) -> None:
    source.answers.clear()
    waiting = [asyncio.create_task(kept.get()) for _ in range(20)]
    await idle()
    source.answers.set()
    assert await asyncio.gather(*waiting) == [1] * 20


async def test_a_fault_is_told_to_all_who_wait_and_the_next_one_reads_again(
    source: Source, kept: KeptReading[int]
) -> None:
    source.answers.clear()
    source.fault = DirectoryRefusedError(status=403, code="Authorization_RequestDenied")
    waiting = [asyncio.create_task(kept.get()) for _ in range(3)]
    await idle()
    source.answers.set()
    assert await asyncio.gather(*waiting, return_exceptions=True) == [source.fault] * 3
    source.fault = None
    assert await kept.get() == 2


async def test_who_is_cancelled_takes_the_reading_from_nobody(source: Source, kept: KeptReading[int]) -> None:
    source.answers.clear()
    first, second = asyncio.create_task(kept.get()), asyncio.create_task(kept.get())
    await idle()
    first.cancel()
    await idle()
    source.answers.set()
    assert await second == 1
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_reading_outlives_the_only_one_who_waited(source: Source, kept: KeptReading[int]) -> None:
    source.answers.clear()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await kept.get()
    source.answers.set()
    await idle()
    assert await kept.get() == 1
    assert source.readings == 1


@pytest.mark.parametrize(("age", "more"), [(0, 0), (AGE / 2 - 1, 0), (AGE / 2, 1), (AGE - 1, 1)])
async def test_a_young_answer_is_given_at_once_and_read_anew_beside_in_its_second_half(
    source: Source, clock: MovedClock, kept: KeptReading[int], age: float, more: int
) -> None:
    await kept.get()
    clock.move(seconds=age)
    source.answers.clear()
    assert [await kept.get(), await kept.get()] == [1, 1], "although the next one is not there yet"
    await idle()
    assert source.readings == 1 + more
    source.answers.set()
    await idle()
    assert await kept.get() == 1 + more


async def test_an_old_answer_is_given_to_nobody(source: Source, clock: MovedClock, kept: KeptReading[int]) -> None:
    await kept.get()
    clock.move(seconds=AGE)
    source.answers.clear()
    waiting = asyncio.create_task(kept.get())
    await idle()
    assert not waiting.done()
    source.answers.set()
    assert await waiting == 2


async def test_an_answer_ages_from_where_its_reading_begins(
    source: Source, clock: MovedClock, kept: KeptReading[int]
) -> None:
    """Failure guarded against: what changed while it was read, missed for longer than promised."""
    source.answers.clear()
    waiting = asyncio.create_task(kept.get())
    await idle()
    clock.move(seconds=100)
    source.answers.set()
    assert await waiting == 1
    clock.move(seconds=AGE - 100)
    assert await kept.get() == 2


async def test_what_cannot_be_read_anew_stays_while_it_is_young_and_no_longer(
    source: Source, clock: MovedClock, kept: KeptReading[int], caplog: pytest.LogCaptureFixture
) -> None:
    await kept.get()
    source.fault = DirectoryUnavailableError("Microsoft Graph answered HTTP 503.")
    clock.move(seconds=AGE - 1)
    with caplog.at_level(logging.WARNING):
        assert await kept.get() == 1
        await idle()
    assert "what the test asks for failed; what is known serves for 1 s more" in caplog.text
    clock.move(seconds=1)
    with pytest.raises(DirectoryUnavailableError, match="503"):
        await kept.get()
    source.fault = None
    assert await kept.get() == source.readings == 4


async def test_a_reading_that_takes_longer_than_half_of_the_age_has_failed(source: Source) -> None:
    kept = KeptReading(source.read, MovedClock(), "what the test asks for", 0.1)
    source.answers.clear()
    async with asyncio.timeout(LONG):
        with pytest.raises(DirectoryUnavailableError, match=r"Within 0\.05 s what the test asks for"):
            await kept.get()


async def test_a_failure_that_nobody_waits_for_any_longer_is_logged(
    source: Source, kept: KeptReading[int], caplog: pytest.LogCaptureFixture
) -> None:
    source.answers.clear()
    waiting = asyncio.create_task(kept.get())
    await idle()
    waiting.cancel()
    source.fault = DirectoryUnavailableError("Microsoft Graph answered HTTP 503.")
    with caplog.at_level(logging.WARNING):
        source.answers.set()
        await idle()
    assert [record.name for record in caplog.records] == ["shared.graph.kept_reading"]
    assert "serves for 0 s more: Microsoft Graph answered HTTP 503." in caplog.text


async def test_closing_ends_the_reading_under_way_and_leaves_no_task(source: Source, kept: KeptReading[int]) -> None:
    await kept.close()
    source.answers.clear()
    waiting = asyncio.create_task(kept.get())
    await idle()
    await kept.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert asyncio.all_tasks() == {asyncio.current_task()}
