"""What is noted of changes, numbers and their predecessors, in memory, with the answers of the real tables."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.change_history import History, HistoryQuestion, NotedChange
from shared.history_ports import NumberHolder, PreviousPhones
from shared.phone.phone_type import PhoneType
from shared.ports import Clock

_THIRTY_DAYS = timedelta(days=30)


@dataclass
class MemoryChangeHistory:
    """Notes of changes; `faults` are used up first, by notes alone."""

    notes: set[NotedChange] = field(default_factory=set)
    faults: list[Exception] = field(default_factory=list)

    async def read(self, question: HistoryQuestion) -> History:
        others = [note for note in self.notes if note.request_key not in question.without]
        requester = question.requester.casefold()
        of_user = (note for note in others if note.user_id == question.user_id)
        by_requester = (note for note in others if note.requester.casefold() == requester)
        return History(
            of_user=tuple(sorted(_latest(of_user, question.user_since), reverse=True)),
            by_requester=min(len(_latest(by_requester, question.requester_since)), question.requester_enough),
            in_tenant=min(len(_latest(others, question.tenant_since)), question.tenant_enough),
        )

    async def note(self, change: NotedChange) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.notes.add(change)

    async def forget(self, change: NotedChange) -> None:
        self.notes.discard(change)

    async def purge(self, before: datetime) -> int:
        old = {note for note in self.notes if note.at < before}
        self.notes -= old
        return len(old)


@dataclass
class MemoryNumberIndex:
    """Notes by hash, user and phone type."""

    notes: dict[tuple[str, str, PhoneType], datetime] = field(default_factory=dict)

    async def holders(self, number_hashes: tuple[str, ...]) -> tuple[NumberHolder, ...]:
        noted: dict[str, list[datetime]] = defaultdict(list)
        for (number_hash, user_id, _), at in self.notes.items():
            if number_hash in number_hashes:
                noted[user_id].append(at)
        youngest = [NumberHolder(user_id, max(times)) for user_id, times in sorted(noted.items())]
        return tuple(sorted(youngest, key=lambda holder: holder.noted_at, reverse=True))

    async def note(self, number_hash: str, user_id: str, phone_type: PhoneType, at: datetime) -> None:
        self.notes[number_hash, user_id, phone_type] = at

    async def forget(self, number_hashes: tuple[str, ...], user_id: str, phone_type: PhoneType | None = None) -> None:
        types = [phone_type] if phone_type else list(PhoneType)
        for number_hash in number_hashes:
            for name in types:
                self.notes.pop((number_hash, user_id, name), None)


@dataclass
class MemoryPreviousNumbers:
    """What requests replaced, until the retention is over by the clock."""

    clock: Clock
    retention: timedelta = _THIRTY_DAYS
    kept: dict[str, PreviousPhones] = field(default_factory=dict, repr=False)

    async def keep(self, request_key: str, phones: PreviousPhones, *, anew: bool) -> None:
        if anew:
            self.kept[request_key] = phones
        self.kept.setdefault(request_key, phones)

    async def forget(self, request_key: str) -> None:
        self.kept.pop(request_key, None)

    async def of(self, request_key: str) -> PreviousPhones | None:
        phones = self.kept.get(request_key)
        if phones is None or self.clock.now() >= phones.kept_at + self.retention:
            return None
        return phones

    async def purge(self, before: datetime) -> int:
        old = [key for key, phones in self.kept.items() if phones.kept_at < before]
        for key in old:
            del self.kept[key]
        return len(old)


def _latest(notes: Iterable[NotedChange], since: datetime | None) -> list[datetime]:
    """Gives the latest note of each request from a moment on; nothing where nobody asks."""
    latest: dict[str, datetime] = {}
    for note in notes:
        if since is not None and note.at >= since:
            latest[note.request_key] = max(note.at, latest.get(note.request_key, note.at))
    return list(latest.values())
