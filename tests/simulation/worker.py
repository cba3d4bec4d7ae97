"""The Functions host and its timers, as far as a message can tell: receive, invoke, complete or give back."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.brake.service import BrakeService
from shared.change.parts import ChangeOptions, ChangeParts, ChangePorts
from shared.change.process import ChangeService
from shared.dead_letters.drain import DeadLetterService
from shared.messages.change_request import ChangeRequest, Operation
from shared.messages.completion_event import CompletionEvent
from shared.messages.decode import decode
from shared.messages.received import ReceivedMessage
from shared.notify.mail import Mail
from shared.notify.service import NotificationService
from shared.outbox.dispatch import OutboxService
from shared.outcome import Verdict
from shared.phone.reading import ReadNumber, read_number
from shared.policy.load import LoadedPolicy
from shared.steps import Step, StepRunner, traced
from tests.fakes.directory import Person
from tests.fakes.ledger import MemoryBrakeLog, MemoryNotificationLog
from tests.fakes.world import KEY, policy
from tests.simulation.broker import Broker, Entry, label_of
from tests.simulation.clock import LoopClock
from tests.simulation.directory import SimulatedDirectory
from tests.simulation.faults import Faults, WorkerDied
from tests.simulation.history import CURRENT, Current, History, Op
from tests.simulation.state import SimulatedState

_OUTBOX_TICK = 60.0
_LONGEST_NAP = 5.0
RULES = {
    "notify": {outcome: ["user"] for outcome in ("changed", "rejected", "failed", "expired", "superseded")},
    # Faults are the rule here: the brake has tests of its own.
    "brake": {"changes": 1_000_000, "failures": 1_000_000, "refusals": 1_000_000},
}


@dataclass
class Simulation:
    """A company, its queue, its state, and any number of workers that may die at any moment."""

    people: list[Person]
    faults: Faults = field(default_factory=Faults)
    run: StepRunner = traced
    rules: LoadedPolicy = field(default_factory=lambda: policy(**RULES))
    refused: frozenset[str] = frozenset()
    # By how much the workers' clocks are ahead of the broker's.
    skew: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        self.history = History()
        self.clock = LoopClock(self.skew)
        self.broker = Broker(self.history)
        self.state = SimulatedState(self.history, self.faults, self.clock)
        self.directory = SimulatedDirectory(self.people, self.history, self.faults, self.refused)
        self.mails = MemoryNotificationLog()
        self.brake_log = MemoryBrakeLog()
        self._first_sequences: dict[str, int] = {}
        self.deaths = 0

    @property
    def parts(self) -> ChangeParts:
        """What a worker is made of: nothing in it outlives the worker but the ports."""
        state = self.state
        ports = ChangePorts(
            clock=self.clock,
            directory=self.directory,
            ledger=state.records,
            outbox=state.records,
            watermarks=state.port(state.marks),
            waiting=state.port(state.waiting),
            history=state.port(state.changes),
            numbers=state.port(state.numbers),
            previous=state.port(state.previous),
            brake=BrakeService(self.clock, self.brake_log, self.broker, self.rules.rules.brake, "/simulation"),
            events=_Faulty(self.broker, self.faults),
            queue=_Faulty(self.broker, self.faults),
        )
        return ChangeParts(ports, self.rules, ChangeOptions("/simulation", (KEY,)), self.run)

    async def drained(self, workers: int = 1) -> None:
        """Lets workers, timers and the notifications run until nothing is left to do."""
        async with asyncio.TaskGroup() as tasks:
            background = [tasks.create_task(work) for work in self._background()]
            await asyncio.gather(*(self._working() for _ in range(workers)))
            while self.state.ledger.outbox or self.broker.unread:  # noqa: ASYNC110 - time costs nothing here
                await asyncio.sleep(1)
            for task in background:
                task.cancel()

    def _background(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on besides the workers."""
        return [self._dispatching(), self._notifying()]

    async def _working(self) -> None:
        while not self.broker.is_empty:
            if not await self.step():
                await asyncio.sleep(self._nap())

    async def step(self) -> bool:
        """Handles one message, if there is one to be had."""
        received = self.broker.receive()
        if received is not None:
            await self._invoke(*received, self.parts, dead=False)
            return True
        dead = self.broker.receive_dead()
        if dead is not None:
            await self._invoke(*dead, self.parts, dead=True)
        return dead is not None

    async def _invoke(self, entry: Entry, message: ReceivedMessage, parts: ChangeParts, *, dead: bool) -> None:
        """Does what the host does: an exception gives the message back, a death lets its lock run out."""
        CURRENT.set(self._current(message))

        async def receive() -> None:
            """The host has received."""

        async def complete() -> None:
            if not dead:
                self.broker.complete(entry)

        async def handle() -> None:
            if dead:
                await DeadLetterService(parts).handle(message, entry.reason)
            else:
                await ChangeService(parts).handle(message)

        try:
            await parts.run(Step.RECEIVE, receive)
            await handle()
            await parts.run(Step.COMPLETE, complete)
        except WorkerDied:
            self.deaths += 1
            self._left(entry, dead=dead, at_once=False)
        except Exception:  # noqa: BLE001 - as the host does
            self._left(entry, dead=dead, at_once=True)

    def _left(self, entry: Entry, *, dead: bool, at_once: bool) -> None:
        """Leaves a message that was not completed to the broker: given back at once, or when its lock runs out."""
        if dead:
            self.broker.dead.append(entry)
        elif at_once:
            self.broker.abandon(entry)
        elif entry in self.broker.active:
            self.broker.crashed(entry)

    def _nap(self) -> float:
        moment = self.broker.next_moment()
        if moment is None:
            return 0.1
        return min(max((moment - self.broker.clock.now()).total_seconds(), 0.1), _LONGEST_NAP)

    def _current(self, message: ReceivedMessage) -> Current:
        origin = message.origin
        label = label_of(origin.message_id, message.body)
        sequence = self._first_sequences.setdefault(label, origin.sequence)
        request = decode(message)
        if not isinstance(request, ChangeRequest):
            return Current(label, sequence)
        value = None
        if request.operation is Operation.SET and request.phone_number is not None:
            reading = read_number(request.phone_number.get_secret_value(), request.region or "DE")
            value = reading.number if isinstance(reading, ReadNumber) else None
        return Current(label, sequence, request.phone_types, value, request.undoes)

    async def _dispatching(self) -> None:
        while True:
            await asyncio.sleep(_OUTBOX_TICK)
            parts = self.parts
            try:
                await OutboxService(parts.ports.clock, parts.ports.outbox, parts.ports.events).dispatch_unsent()
            except WorkerDied:
                self.deaths += 1

    async def _notifying(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            while self.broker.unread:
                event = self.broker.unread.pop(0)
                service = NotificationService(self.clock, self.directory, self, self.mails, self.rules)
                await service.handle(event.body.encode())

    async def send(self, mail: Mail) -> None:
        """Is the mailbox of the notifications."""
        self.history.note(Op.MAIL, event_id=mail.event_id, recipient=mail.to)


@dataclass(frozen=True)
class _Faulty:
    """The bus with faults around every operation."""

    broker: Broker
    faults: Faults

    async def publish(self, event: CompletionEvent) -> None:
        await self._around(lambda: self.broker.publish(event))

    async def postpone(self, message: ReceivedMessage, delay: timedelta) -> None:
        await self._around(lambda: self.broker.postpone(message, delay))

    async def park(self, message: ReceivedMessage, verdict: Verdict, parked_id: str) -> None:
        await self._around(lambda: self.broker.park(message, verdict, parked_id))

    async def _around(self, work: Callable[[], Awaitable[None]]) -> None:
        await self.faults.around(work, self.faults.bus)
