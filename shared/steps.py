"""The twelve steps of one change, named once and in order: tests walk this list, traces name their spans after it."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Protocol

from shared.telemetry.names import STEP_PREFIX
from shared.telemetry.spans import quiet_span


class Step(StrEnum):
    """A step; the order of the members is the order in which they happen."""

    RECEIVE = "receive"
    DECODE = "decode"
    CLAIM = "claim"
    READ_DIRECTORY = "read_directory"
    PLAN = "plan"
    WATERMARK = "watermark"
    WRITE = "write"
    READ_BACK = "read_back"
    FINISH = "finish"
    DISPATCH = "dispatch"
    MARK_DISPATCHED = "mark_dispatched"
    COMPLETE = "complete"


STEPS: tuple[Step, ...] = tuple(Step)


class StepRunner(Protocol):
    """Runs the work of one step; tests put crashes and lost answers around it."""

    async def __call__[T](self, step: Step, work: Callable[[], Awaitable[T]]) -> T:
        """Runs the work and gives its result."""
        ...


async def traced[T](step: Step, work: Callable[[], Awaitable[T]]) -> T:
    """Runs a step in a span of its own."""
    with quiet_span(f"{STEP_PREFIX}{step}"):
        return await work()
