"""A simulation in which a script decides about every operation, and invocations can be stopped."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from shared.brake.service import BrakeService
from shared.change.parts import ChangeOptions, ChangeParts, ChangePorts
from shared.messages.completion_event import CompletionEvent
from shared.messages.received import ReceivedMessage
from shared.notify.service import NotificationService
from shared.outbox.dispatch import OutboxService
from tests.fakes.world import KEY, World
from tests.simulation.broker import LOCK, MAX_DELIVERIES, Entry
from tests.simulation.faults import WorkerDied
from tests.simulation.operations import Script, Watched
from tests.simulation.worker import Simulation

OUTBOX_TICK = 60.0


@dataclass
class ScriptedSimulation(Simulation):
    """Every port is watched; mails are delivered again like any message; timers outlive their faults."""

    script: Script = field(default_factory=Script)
    # Whether a stopped worker gives its message back, or its lock has to run out.
    gives_back: bool = True
    stops: int = 0
    dead_notices: list[CompletionEvent] = field(default_factory=list)

    def watched(self, name: str, target: object) -> Any:
        """Gives a port that the script sees."""
        return Watched(name, target, self.script)

    @property
    def parts(self) -> ChangeParts:
        state, events = self.state, self.watched("events", self.broker)
        log = self.watched("brake", self.brake_log)
        ports = ChangePorts(
            clock=self.clock,
            directory=self.watched("directory", self.directory),
            ledger=self.watched("ledger", state.records),
            outbox=self.watched("outbox", state.records),
            watermarks=self.watched("watermarks", state.port(state.marks)),
            waiting=self.watched("waiting", state.port(state.waiting)),
            history=self.watched("history", state.port(state.changes)),
            numbers=self.watched("numbers", state.port(state.numbers)),
            previous=self.watched("previous", state.port(state.previous)),
            brake=BrakeService(self.clock, log, events, self.rules.rules.brake, "/simulation"),
            events=events,
            queue=self.watched("queue", self.broker),
        )
        return ChangeParts(ports, self.rules, ChangeOptions("/simulation", (KEY,)), self.run)

    async def _invoke(self, entry: Entry, message: ReceivedMessage, parts: ChangeParts, *, dead: bool) -> None:
        """Runs an invocation in a task of its own, which can be stopped without stopping the host."""
        invocation = asyncio.create_task(super()._invoke(entry, message, parts, dead=dead))
        await asyncio.wait([invocation])
        if not invocation.cancelled():
            return invocation.result()
        self.stops += 1
        self._left(entry, dead=dead, at_once=self.gives_back)
        return None

    async def dispatch(self) -> None:
        """Is one tick of the timer that empties the outbox."""
        parts = self.parts
        work = OutboxService(parts.ports.clock, parts.ports.outbox, parts.ports.events).dispatch_unsent()
        await self._survived(work)

    async def _dispatching(self) -> None:
        while True:
            await asyncio.sleep(OUTBOX_TICK)
            await self.dispatch()

    async def _notifying(self) -> None:
        deliveries: dict[str, int] = {}
        while True:
            await asyncio.sleep(0.5)
            while self.broker.unread:
                await self._notify(self.broker.unread.pop(0), deliveries)

    async def _notify(self, event: CompletionEvent, deliveries: dict[str, int]) -> None:
        service = NotificationService(
            self.clock,
            self.watched("recipients", self.directory),
            self.watched("mail", self),
            self.watched("mail log", self.mails),
            self.rules,
        )
        if await self._survived(service.handle(event.body.encode())):
            return
        deliveries[event.id] = deliveries.get(event.id, 0) + 1
        again = self.dead_notices if deliveries[event.id] >= MAX_DELIVERIES else self.broker.unread
        again.append(event)

    async def _survived(self, work: Any) -> bool:
        """Runs an invocation of another function; says whether it came to its end."""
        invocation = asyncio.ensure_future(_contained(work))
        await asyncio.wait([invocation])
        if invocation.cancelled() or invocation.result() is WorkerDied:
            self.stops += 1
            await asyncio.sleep(LOCK.total_seconds())
            return False
        return invocation.result() is None


async def _contained(work: Any) -> type[BaseException] | None:
    try:
        await work
    except WorkerDied:
        return WorkerDied
    except Exception as fault:  # noqa: BLE001 - as the host does
        return type(fault)
    return None


def body_of(request_id: str, **fields: Any) -> bytes:
    """Gives a request's body; by default Anna's mobile phone is set."""
    return json.dumps(World().request(request_id, **fields)).encode()


def put(simulation: Simulation, request_id: str, session: str = "anna@contoso.example", **fields: Any) -> bytes:
    """Sends a request now, and gives its body."""
    body = body_of(request_id, **fields)
    simulation.broker.put(body, request_id, session)
    return body


def event_data(simulation: Simulation) -> list[dict[str, Any]]:
    """Gives the data of every event on the topic, copies dropped, in the order in which they came."""
    return [cast("dict[str, Any]", json.loads(event.body)["data"]) for event in simulation.broker.topic.values()]


def ends(simulation: Simulation) -> list[tuple[str, str, str]]:
    """Gives request id, outcome and code of every event on the topic, in the order in which they came."""
    return [(data["requestId"], data["outcome"], data["code"]) for data in event_data(simulation)]


def labels(happenings: Iterable[Any]) -> list[str]:
    """Gives the labels of happenings."""
    return [happening["label"] for happening in happenings]
