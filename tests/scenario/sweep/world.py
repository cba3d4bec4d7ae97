"""A whole sweep in memory: every port a real one's double, a worker that dies where a test says, a moved clock."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from shared.compliance.summary import Summary
from shared.errors import TransientError
from shared.policy.load import LoadedPolicy, parse_policy
from shared.sweep.parts import SweepOptions, SweepParts, SweepPorts
from shared.sweep.service import SweepService
from shared.sweep.words import StepMessage
from tests.fakes.clock import MovedClock
from tests.fakes.ledger import MemoryNotificationLog
from tests.fakes.sweep import (
    MemoryEvents,
    MemoryFiles,
    MemoryMail,
    MemoryNotices,
    MemoryPhones,
    MemoryReports,
    MemoryRequests,
    MemoryRunLog,
    MemoryStepQueue,
    MemoryTenant,
    Pages,
    Quiet,
    Reader,
)

START = datetime(2026, 11, 26, 1, 0, 7, tzinfo=UTC)
_LONGEST = 20_000
_TICK = 300.0


class WorkerDied(BaseException):
    """The worker's process is gone."""


@dataclass
class Deaths:
    """Counts what workers ask of the world, and lets them die before or after some of it."""

    before: set[int] = field(default_factory=set)
    after: set[int] = field(default_factory=set)
    faults: dict[int, TransientError] = field(default_factory=dict)
    calls: int = 0
    names: list[str] = field(default_factory=list)

    async def through[T](self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        number, self.calls = self.calls, self.calls + 1
        self.names.append(name)
        if number in self.faults:
            raise self.faults[number]
        if number in self.before:
            raise WorkerDied
        try:
            return await work()
        finally:
            if number in self.after:
                raise WorkerDied


class Mortal:
    """A port whose caller may die at each call."""

    def __init__(self, port: object, name: str, deaths: Deaths) -> None:
        self._port, self._name, self._deaths = port, name, deaths

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._port, name)
        if not callable(attribute) or name == "names":
            return attribute

        async def called(*given: Any, **named: Any) -> Any:
            return await self._deaths.through(f"{self._name}.{name}", lambda: attribute(*given, **named))

        return called


def sweep_policy(**sweep: Any) -> LoadedPolicy:
    """Gives a policy that allows mobile numbers everywhere, with a sweep part as given."""
    kinds = ["mobile", "fixed_line_or_mobile"]
    document = {
        "version": "1",
        "numberTypes": {"mobile": kinds, "alternateMobile": kinds, "office": [*kinds, "fixed_line"]},
        "requesters": {"workday": ["set", "remove"], "compliance-sweep": ["set", "remove"]},
        "sweep": sweep,
    }
    return parse_policy(json.dumps(document), "policy.json")


@dataclass
class SweepWorld:
    """The world, and the host that hands out messages."""

    tenant: MemoryTenant = field(default_factory=MemoryTenant)
    policy: LoadedPolicy = field(default_factory=sweep_policy)
    options: SweepOptions = field(default_factory=lambda: SweepOptions("/mfa-phone-change"))
    deaths: Deaths = field(default_factory=Deaths)
    clock: MovedClock = field(default_factory=lambda: MovedClock(START))
    runs: MemoryRunLog = field(default_factory=MemoryRunLog)
    queue: MemoryStepQueue = field(default_factory=MemoryStepQueue)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    reports: MemoryReports = field(default_factory=MemoryReports)
    events: MemoryEvents = field(default_factory=MemoryEvents)
    mail: MemoryMail = field(default_factory=MemoryMail)
    mails: MemoryNotificationLog = field(default_factory=MemoryNotificationLog)
    requests: MemoryRequests = field(default_factory=MemoryRequests)
    phones: MemoryPhones = field(default_factory=MemoryPhones)
    notices: MemoryNotices = field(default_factory=MemoryNotices)
    live: Quiet = field(default_factory=Quiet)
    died: int = 0

    @property
    def service(self) -> SweepService:
        """A worker's service: a fresh one, as after a start."""

        def mortal(port: object, name: str) -> Any:
            return cast("Any", Mortal(port, name, self.deaths))

        tenant = self.tenant
        return SweepService(
            SweepParts(
                SweepPorts(
                    clock=self.clock,
                    runs=mortal(self.runs, "runs"),
                    queue=mortal(self.queue, "queue"),
                    files=mortal(self.files, "files"),
                    reports=mortal(self.reports, "reports"),
                    registration=mortal(Pages(tenant.registration_page), "registration"),
                    people=mortal(Pages(tenant.people_page), "people"),
                    methods=mortal(Reader(tenant.read), "methods"),
                    protection=mortal(Reader(tenant.protection), "protection"),
                    expected=mortal(Pages(tenant.expected_page), "expected"),
                    live=self.live,
                    events=mortal(self.events, "events"),
                    mail=mortal(self.mail, "mail"),
                    mails=mortal(self.mails, "mails"),
                    requests=mortal(self.requests, "requests"),
                    phones=mortal(self.phones, "phones"),
                    notices=mortal(self.notices, "notices"),
                ),
                self.policy,
                self.options,
            )
        )

    async def start(self) -> None:
        """The timer's tick; after a worker's death it is past due, and ticks again: the host notes what it did."""
        while not await self._work(self.service.start):
            pass

    async def run(self) -> None:
        """Starts a run and hands out messages until it is over."""
        await self.start()
        await self.drain()

    async def drain(self) -> None:
        """Hands out messages until the run is over; every five minutes the timer ticks that takes up runs."""
        ticked = self.clock.monotonic()
        for _ in range(_LONGEST):
            if self.runs.newest and self.runs.newest.finished_at and not self.queue.waiting:
                return
            if self.queue.waiting:
                await self.hand_out()
            else:
                self.clock.move(seconds=_TICK)
            if self.clock.monotonic() - ticked >= _TICK:
                ticked = self.clock.monotonic()
                await self._work(self.service.resume)
        message = "The run comes to no end."
        raise AssertionError(message)

    async def hand_out(self) -> None:
        """Hands out the next message, again and again until a worker lives to its end."""
        message, delay = self.queue.waiting.pop(0)
        self.clock.move(seconds=delay.total_seconds())
        body = message.model_dump_json().encode()
        while not await self._work(lambda: self.service.step(body)):
            pass

    async def _work(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Says whether the worker lived to the end of it."""
        try:
            await work()
        except WorkerDied:
            self.died += 1
            return False
        except TransientError:  # the host gives the message back, and hands it out again
            return False
        return True

    def sent(self, message: StepMessage) -> None:
        """Puts a message on the queue by hand, past the detection of duplicates."""
        self.queue.waiting.append((message, timedelta(0)))

    def file(self, name: str) -> bytes:
        """Gives a file of the newest run's report."""
        assert self.runs.newest is not None
        return self.reports.files[self.runs.newest.run_id, name]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What the newest run found."""
        return [json.loads(line) for line in self.file("findings.jsonl").splitlines()]

    @property
    def summary(self) -> Summary:
        """The newest run's figures."""
        return Summary.model_validate_json(self.file("summary.json"))
