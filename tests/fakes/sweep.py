"""The sweep's world in memory, with the answers of the real far ends."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from shared.compliance.rows import (
    Expected,
    MethodsRead,
    MethodsRefused,
    Person,
    PhoneSeen,
    Protection,
    Reading,
    Registered,
    Unavailable,
)
from shared.compliance.summary import PastRun
from shared.directory_user import StoredPhone
from shared.errors import LedgerConflictError
from shared.messages.completion_event import CompletionEvent
from shared.notify.mail import Mail
from shared.sweep.ports import BatchAnswer, Claim, Notice, Page
from shared.sweep.words import Chain, ChainState, RequestMessage, Run, StepMessage

_MOST_HISTORY = 500
READ_AT = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)


@dataclass
class MemoryRunLog:
    """Runs and their chains, by compare-and-set."""

    newest: Run | None = None
    states: dict[tuple[str, Chain], ChainState] = field(default_factory=dict)
    past: dict[str, PastRun] = field(default_factory=dict)
    _etags: int = 0

    async def current(self) -> Run | None:
        return self.newest

    async def begin(self, run: Run) -> Run:
        if self.newest and (self.newest.finished_at is None or self.newest.run_id == run.run_id):
            raise LedgerConflictError
        self.newest = replace(run, etag=self._etag())
        return self.newest

    async def end(self, run: Run, past: PastRun | None) -> None:
        if past:
            self.past.setdefault(run.run_id, past)
        if self.newest and self.newest.run_id == run.run_id and not self.newest.finished_at:
            self.newest = replace(self.newest, finished_at=past.at if past else run.started_at)

    async def chains(self, run_id: str) -> tuple[ChainState, ...]:
        return tuple(state for (of, _), state in self.states.items() if of == run_id)

    async def chain(self, run_id: str, chain: Chain) -> ChainState | None:
        return self.states.get((run_id, chain))

    async def open(self, state: ChainState) -> ChainState:
        return self.states.setdefault((state.run_id, state.chain), replace(state, etag=self._etag()))

    async def advance(self, state: ChainState) -> ChainState:
        if self.states[state.run_id, state.chain].etag != state.etag:
            raise LedgerConflictError
        self.states[state.run_id, state.chain] = replace(state, etag=self._etag())
        return self.states[state.run_id, state.chain]

    async def history(self) -> tuple[PastRun, ...]:
        return tuple(sorted(self.past.values(), key=lambda run: run.at))[-_MOST_HISTORY:]

    async def forget(self, run_id: str) -> None:
        self.states = {key: state for key, state in self.states.items() if key[0] != run_id}

    def _etag(self) -> str:
        self._etags += 1
        return str(self._etags)


@dataclass
class MemoryStepQueue:
    """Sessions, duplicate detection and scheduled messages, as the broker has them."""

    waiting: list[tuple[StepMessage, timedelta]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    copies: int = 0

    async def send(self, message: StepMessage, delay: timedelta = timedelta(0)) -> None:
        if message.message_id in self.seen:
            self.copies += 1
            return
        self.seen.add(message.message_id)
        self.waiting.append((message, delay))


@dataclass
class MemoryFiles:
    """Work files by run and name."""

    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    largest: int = 0

    async def write(self, run_id: str, name: str, content: bytes) -> None:
        self.files[run_id, name] = content
        self.largest = max(self.largest, len(content))

    async def read(self, run_id: str, name: str, start: int = 0, length: int | None = None) -> bytes:
        if (run_id, name) not in self.files:
            raise FileNotFoundError(name)
        content = self.files[run_id, name]
        return content[start:] if length is None else content[start : start + length]

    async def names(self, run_id: str, prefix: str) -> AsyncIterator[str]:
        for of, name in sorted(self.files):
            if of == run_id and name.startswith(prefix):
                yield name

    async def delete_run(self, run_id: str) -> None:
        self.files = {key: content for key, content in self.files.items() if key[0] != run_id}


@dataclass
class MemoryReports:
    """Reports by run and name."""

    files: dict[tuple[str, str], bytes] = field(default_factory=dict)

    async def write(self, run_id: str, name: str, content_type: str, parts: AsyncIterator[bytes]) -> str:
        del content_type
        self.files[run_id, name] = b"".join([part async for part in parts])
        return f"https://reports.example/{run_id}/{name}"


@dataclass
class MemoryTenant:
    """A tenant: its people, the report about them, their methods. `refused` are sources that cannot be read."""

    people: list[Person] = field(default_factory=list)
    report: list[Registered] = field(default_factory=list)
    methods: dict[str, tuple[tuple[str, ...], tuple[PhoneSeen, ...]]] = field(default_factory=dict)
    marks: list[Expected] = field(default_factory=list)
    protected: Protection = field(default_factory=Protection)
    refused: dict[str, Unavailable] = field(default_factory=dict)
    page_size: int = 7
    read_at: datetime = READ_AT
    asked: list[str] = field(default_factory=list)
    pages: list[tuple[str, str]] = field(default_factory=list)

    async def registration_page(self, link: str) -> Page[Registered] | Unavailable:
        return self._page("registration", self.report, link)

    async def people_page(self, link: str) -> Page[Person] | Unavailable:
        return self._page("people", self.people, link)

    async def expected_page(self, link: str) -> Page[Expected]:
        answer = self._page("expected", self.marks, link)
        assert isinstance(answer, Page)
        return answer

    async def protection(self) -> Protection:
        return self.protected

    async def read(self, user_ids: Sequence[str]) -> BatchAnswer | Unavailable:
        self.asked += user_ids
        return self.refused.get("readings") or BatchAnswer(tuple(map(self._reading, user_ids)))

    def _reading(self, user_id: str) -> Reading:
        if user_id not in self.methods:
            return MethodsRefused(user_id, "Microsoft Graph answered HTTP 404.")
        methods, phones = self.methods[user_id]
        return MethodsRead(user_id, self.read_at, methods, phones)

    def _page[T](self, name: str, rows: list[T], link: str) -> Page[T] | Unavailable:
        self.pages.append((name, link))
        if name in self.refused:
            return self.refused[name]
        start = int(link or 0)
        end = start + self.page_size
        return Page(tuple(rows[start:end]), str(end) if end < len(rows) else "")


@dataclass
class Pages[T]:
    """One list of the tenant as a port."""

    page: T


@dataclass
class Reader[T]:
    """One reading of the tenant as a port."""

    read: T


@dataclass
class Quiet:
    """Live traffic: none, or as much as a test says."""

    busy: bool = False


@dataclass
class MemoryEvents:
    """Events that were published, copies among them."""

    published: list[CompletionEvent] = field(default_factory=list)

    async def publish(self, event: CompletionEvent) -> None:
        self.published.append(event)


@dataclass
class MemoryMail:
    """Mails that were handed over."""

    sent: list[Mail] = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        self.sent.append(mail)


@dataclass
class MemoryRequests:
    """Change requests that were sent; copies are counted and dropped, as the queue does."""

    sent: dict[str, RequestMessage] = field(default_factory=dict)
    copies: int = 0

    async def send(self, request: RequestMessage) -> None:
        if request.message_id in self.sent:
            assert self.sent[request.message_id].body == request.body
            self.copies += 1
        self.sent[request.message_id] = request


@dataclass
class MemoryPhones:
    """Phones by user."""

    phones: dict[str, tuple[StoredPhone, ...]] = field(default_factory=dict)

    async def read_phones(self, user_id: str) -> tuple[StoredPhone, ...]:
        return self.phones.get(user_id, ())


@dataclass
class MemoryNotices:
    """Claims of notices, one per user."""

    claims: dict[str, Notice] = field(default_factory=dict)

    async def count(self, wave: str) -> int:
        return len([claim for claim in self.claims.values() if claim.wave == wave])

    async def claim(self, notice: Notice, period: timedelta) -> Claim:
        there = self.claims.get(notice.user_id)
        if there is not None and there.run_id == notice.run_id:
            return Claim.OURS
        if there is not None and notice.claimed_at - there.claimed_at < period:
            return Claim.TOLD
        self.claims[notice.user_id] = notice
        return Claim.TAKEN

    async def release(self, notice: Notice) -> None:
        there = self.claims.get(notice.user_id)
        if there is not None and there.run_id == notice.run_id:
            del self.claims[notice.user_id]
