"""What a step is given, and what it comes to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.compliance.rows import Protection, Unavailable
from shared.compliance.subject import Standards
from shared.sweep.parts import SweepParts, SweepPorts
from shared.sweep.words import Chain, ChainState, Run

# Longer waits go back to the queue: a message in hand is renewed for minutes only.
LONGEST_WAIT_IN_HAND = 30.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one chain: where it begins, and with what."""

    parts: SweepParts
    run: Run
    state: ChainState

    @property
    def ports(self) -> SweepPorts:
        """The world."""
        return self.parts.ports

    @property
    def file(self) -> str:
        """The name of the file that this step writes; a step that is done twice writes the same one."""
        return file_of(self.state.chain, self.state.step)

    def standards(
        self,
        *,
        report: Unavailable | None = None,
        readings: Unavailable | None = None,
        protection: Protection | None = None,
    ) -> Standards:
        """Gives what people are judged by; the day is that of the run's start, however long it takes."""
        undetermined = protection.undetermined if protection else frozenset()
        return Standards(self.parts.policy.rules, self.run.started_at, report, readings, undetermined)

    async def wait(self) -> None:
        """Waits for the chain's turn, where its calls are rationed."""
        if self.state.not_before:
            left = (self.state.not_before - self.ports.clock.now()).total_seconds()
            await self.ports.clock.sleep(min(max(left, 0), LONGEST_WAIT_IN_HAND))


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a step came to: where the next one begins, what was counted, and what could not be known."""

    cursor: str = ""
    done: bool = False
    counted: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    not_before: datetime | None = None

    def state_after(self, state: ChainState, now: datetime) -> ChainState:
        """Gives the chain's state after the step."""
        counts = dict(state.counts)
        for name, number in self.counted.items():
            counts[name] = counts.get(name, 0) + number
        return replace(
            state,
            step=state.step + 1,
            done=self.done,
            cursor=self.cursor,
            counts=tuple(sorted(counts.items())),
            remarks=tuple(dict.fromkeys((*state.remarks, *self.remarks))),
            not_before=self.not_before,
            changed_at=now,
        )


type Work = Callable[[Step], Awaitable[Stepped]]


def file_of(chain: Chain, step: int) -> str:
    """Gives the name of the file that a step writes."""
    return f"{chain}/{step:05}"


def spaced(started: datetime, calls_per_10_s: int) -> datetime:
    """Gives the earliest moment of the next call after one that started then.

    A fiftieth is added: clocks and networks are not exact, and a call too many costs a whole window.
    """
    return started + timedelta(seconds=10 / calls_per_10_s * 1.02)
