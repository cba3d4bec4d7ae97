"""Crash points, generated from the list of steps: a step that is added is covered by itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from shared.errors import BusUnavailableError, DirectoryUnavailableError, LedgerUnavailableError, TransientError
from shared.ports import WriteAnswer, WriteCertainty
from shared.steps import STEPS, Step
from tests.simulation.faults import WorkerDied
from tests.simulation.worker import Simulation


class Kind(StrEnum):
    """How a worker fails at a step."""

    BEFORE = "before"
    AFTER = "after"
    ANSWER_LOST = "answer lost"
    """The effect landed, and the worker lives on without knowing it."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where and how a worker fails, once."""

    step: Step
    kind: Kind

    def __str__(self) -> str:
        return f"{self.kind} {self.step}"


POINTS = tuple(Point(step, kind) for step in STEPS for kind in Kind)
# Steps that reach nothing beyond the worker have no answer that could get lost: the worker dies instead.
LOST_ANSWERS: dict[Step, type[TransientError]] = {
    Step.CLAIM: LedgerUnavailableError,
    Step.READ_DIRECTORY: DirectoryUnavailableError,
    Step.PLAN: LedgerUnavailableError,
    Step.WATERMARK: LedgerUnavailableError,
    Step.READ_BACK: DirectoryUnavailableError,
    Step.FINISH: LedgerUnavailableError,
    Step.DISPATCH: BusUnavailableError,
    Step.MARK_DISPATCHED: LedgerUnavailableError,
}


@dataclass
class Crashing:
    """Runs steps, and lets the worker fail at each of the points once, one after the other."""

    points: list[Point]
    steps: list[Step] = field(default_factory=list)

    async def __call__[T](self, step: Step, work: Callable[[], Awaitable[T]]) -> T:
        self.steps.append(step)
        if not self.points or self.points[0].step is not step:
            return await work()
        kind = self.points.pop(0).kind
        if kind is Kind.BEFORE:
            raise WorkerDied
        await work()
        if kind is Kind.ANSWER_LOST and step is Step.WRITE:
            # The adapter's own contract: an answer that got lost is an uncertain one.
            return cast("T", WriteAnswer(WriteCertainty.UNCERTAIN))
        raise LOST_ANSWERS.get(step, WorkerDied) if kind is Kind.ANSWER_LOST else WorkerDied


def nothing_is_left(simulation: Simulation) -> None:
    """Queue, outbox and notes are empty, and nobody is held."""
    assert simulation.broker.is_empty
    assert simulation.state.ledger.outbox == {}
    assert simulation.state.waiting.waiting == {}
    assert simulation.state.marks.held == {}
