"""The weeks before the run: the real sweep, once a week, on a clock that was moved back.

Its steps are done in this process, one after the other; everything else is what the app has: Graph, tables, blobs.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NoReturn

from local.sweep_demo.company import Joined
from local.sweep_demo.twin_control import TwinControl
from shared.bus.sender import SharedSender
from shared.errors import SettingsError
from shared.messages.completion_event import CompletionEvent
from shared.notify.mail import Mail
from shared.policy.load import load_policy
from shared.settings import read_settings
from shared.sweep.live_traffic import ChangesUnderWay
from shared.sweep.parts import SweepParts
from shared.sweep.service import SweepService
from shared.sweep.words import StepMessage
from shared.sweep_composition import SharedWithSweep, SweepEnds, build_sweep
from shared.tables.notifications import TableNotificationLog
from shared.tables.store import TableStore

PASSKEY: Final = "passKeySynced"
_WEEK: Final = timedelta(weeks=1)


class PastClock:
    """A clock that shows another time and goes on from there; whoever sleeps moves it, and does not wait."""

    def __init__(self, start: datetime) -> None:
        self.set(start)

    def set(self, start: datetime) -> None:
        """Moves the clock."""
        self._start, self._began, self._slept = start, time.monotonic(), 0.0

    def now(self) -> datetime:
        """Gives the time that it shows."""
        return self._start + timedelta(seconds=time.monotonic() - self._began + self._slept)

    def monotonic(self) -> float:
        """Gives seconds that never go back, slept ones among them."""
        return time.monotonic() + self._slept

    async def sleep(self, seconds: float) -> None:
        """Moves the time."""
        self._slept += max(seconds, 0.0)
        await asyncio.sleep(0)


class LocalSteps:
    """A queue of steps in memory."""

    def __init__(self) -> None:
        self._waiting: deque[StepMessage] = deque()
        self._seen: set[str] = set()

    async def send(self, message: StepMessage, delay: timedelta = timedelta(0)) -> None:
        """Takes a step, once."""
        del delay
        if message.message_id not in self._seen:
            self._seen.add(message.message_id)
            self._waiting.append(message)

    async def drain(self, service: SweepService) -> None:
        """Does all steps, and those that come of them."""
        while self._waiting:
            await service.step(self._waiting.popleft().model_dump_json().encode())


class Nobody:
    """Hears of events and gets mails: what is past was told already."""

    async def publish(self, event: CompletionEvent) -> None:
        """Drops an event."""

    async def send(self, mail: Mail) -> None:
        """Drops a mail."""


class PastWeeks:
    """Goes through the weeks."""

    def __init__(self, parts: SweepParts, clock: PastClock, steps: LocalSteps) -> None:
        self._service = SweepService(parts)
        self._clock = clock
        self._steps = steps

    async def sweep(self, moment: datetime) -> None:
        """Does one run, as of a moment."""
        self._clock.set(moment)
        await self._service.start()
        await self._steps.drain(self._service)


def weekly(now: datetime, weeks: int) -> list[datetime]:
    """Gives the nights of the weeks before, the oldest first."""
    night = now.replace(hour=1, minute=0, second=0, microsecond=0)
    return [night - _WEEK * back for back in range(weeks, 0, -1)]


async def join_in(twin: TwinControl, joined: Sequence[Joined], week: int) -> int:
    """Lets those register their passkeys who did so in a week, and gives how many they were."""
    people = [each.user_id for each in joined if each.week == week]
    for user_id in people:
        await twin.register(user_id, PASSKEY)
    return len(people)


@asynccontextmanager
async def past_weeks() -> AsyncIterator[PastWeeks]:
    """Builds the sweep from the environment's settings, on a clock of its own."""
    settings = read_settings()
    policy = load_policy(settings.policy_path)
    clock, steps, store = PastClock(datetime.now().astimezone()), LocalSteps(), TableStore(settings)
    ends = SweepEnds.of(settings)
    parts = build_sweep(settings, policy, _common(clock, store), ends).parts
    try:
        yield PastWeeks(replace(parts, ports=replace(parts.ports, queue=steps)), clock, steps)
    finally:
        await ends.close()
        await store.close()


def _common(clock: PastClock, store: TableStore) -> SharedWithSweep:
    nobody = Nobody()
    return SharedWithSweep(
        clock=clock,
        store=store,
        steps=SharedSender(_no_sender),
        requests=SharedSender(_no_sender),
        live=ChangesUnderWay(),
        events=nobody,
        mail=nobody,
        mails=TableNotificationLog(store, clock),
    )


def _no_sender() -> NoReturn:
    message = "The steps of past weeks stay in memory."
    raise SettingsError(message)
