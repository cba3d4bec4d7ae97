"""Reads the methods of many users in batches: at a pace, few at once, slower where Graph asks for it."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.backoff import wait_for
from shared.compliance.rows import MethodsRead, MethodsRefused, Reading, Unavailable
from shared.errors import DirectoryThrottledError, TransientError
from shared.sweep.live import give_way
from shared.sweep.parts import SweepPorts
from shared.sweep.ports import BatchAnswer

BATCH_SIZE = 20
AT_ONCE = 4
# How often a user is asked about before the step ends without; the run comes back to the user once more.
_MOST_TRIES = 5
# Graph tells how much of a limit is used from 0.8 on. The rest is left to others.
_HIGH_LOAD = 0.9
_SLOWER = 2.0


@dataclass(slots=True)
class Gathered:
    """What was read; `left` are those about whom Graph did not answer in time."""

    readings: list[Reading] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unavailable: Unavailable | None = None
    asked: int = 0
    throttled: int = 0


class PacedReading:
    """One stretch of readings; `until` is the moment of the monotonic clock at which it ends.

    `may_read` says that somebody was read before in this run: then a refusal is about single people, and no word about
    what the app may do.
    """

    def __init__(self, ports: SweepPorts, reads_per_10_s: int, until: float, *, may_read: bool = False) -> None:
        self._ports = ports
        self._may_read = may_read
        self._spacing = BATCH_SIZE * 10 / reads_per_10_s
        self._until = until
        self._next = ports.clock.monotonic()
        self._waiting: deque[tuple[str, int]] = deque()
        self._found = Gathered()

    async def read(self, user_ids: Sequence[str]) -> Gathered:
        """Reads all of them, as far as time allows."""
        self._waiting.extend((user_id, 1) for user_id in dict.fromkeys(user_ids))
        await self._all_at_work(min(AT_ONCE, -(-len(self._waiting) // BATCH_SIZE)))
        self._found.left += [user_id for user_id, _ in self._waiting]
        return self._found

    async def _all_at_work(self, count: int) -> None:
        """Works on several batches at a time; the first fault ends the others and is told as it is."""
        fault: BaseException
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(count):
                    workers.create_task(self._work())
        except BaseExceptionGroup as faults:
            fault = faults.exceptions[0]
        else:
            return
        raise fault

    async def _work(self) -> None:
        while self._waiting and self._found.unavailable is None and await self._turn():
            batch = [self._waiting.popleft() for _ in range(min(BATCH_SIZE, len(self._waiting)))]
            if batch:
                await self._ask(batch)

    async def _turn(self) -> bool:
        """Waits for the next batch's turn; false where that comes too late."""
        clock = self._ports.clock
        now = clock.monotonic()
        mine = max(now, self._next)
        if mine >= self._until:
            return False
        self._next = mine + self._spacing
        await clock.sleep(mine - now)
        await give_way(self._ports)
        return True

    async def _ask(self, batch: list[tuple[str, int]]) -> None:
        tries = dict(batch)
        self._found.asked += len(batch)
        try:
            answer = await self._ports.methods.read(list(tries))
        except TransientError as fault:
            self._found.throttled += isinstance(fault, DirectoryThrottledError)
            self._hold_off(wait_for(fault, max(tries.values())))
            self._again(tries, list(tries))
            return
        if isinstance(answer, Unavailable) and self._may_read:
            self._found.readings += [MethodsRefused(user_id, answer.why) for user_id in tries]
            return
        if isinstance(answer, Unavailable):
            self._found.unavailable = answer
            self._found.left += tries
            return
        self._take(answer, tries)

    def _take(self, answer: BatchAnswer, tries: dict[str, int]) -> None:
        self._found.readings += answer.readings
        self._may_read = self._may_read or any(isinstance(reading, MethodsRead) for reading in answer.readings)
        self._found.throttled += answer.throttled
        if answer.retry_after is not None:
            self._hold_off(answer.retry_after)
        elif answer.load >= _HIGH_LOAD:
            self._hold_off(self._spacing * _SLOWER)
        self._again(tries, answer.again)

    def _again(self, tries: dict[str, int], user_ids: Sequence[str]) -> None:
        for user_id in user_ids:
            if tries[user_id] < _MOST_TRIES:
                self._waiting.append((user_id, tries[user_id] + 1))
            else:
                self._found.left.append(user_id)

    def _hold_off(self, seconds: float) -> None:
        self._next = max(self._next, self._ports.clock.monotonic() + seconds)
