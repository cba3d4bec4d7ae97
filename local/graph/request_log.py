"""What was asked, for tests that count calls. It never holds a body, a query or a phone number."""

from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime

from local.graph.exchange import JsonObject


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request. `path` is the contract's template; `status` is None where the connection was dropped."""

    time: datetime
    method: str
    path: str
    user: str | None
    status: int | None
    request_id: str
    client_request_id: str
    batched: bool = False

    def as_json(self) -> JsonObject:
        """Writes the record."""
        return {
            "time": self.time.isoformat(),
            "method": self.method,
            "path": self.path,
            "user": self.user,
            "status": self.status,
            "requestId": self.request_id,
            "clientRequestId": self.client_request_id,
            "batched": self.batched,
        }


@dataclass(frozen=True, slots=True)
class Kind:
    """What requests are counted by."""

    method: str
    path: str
    status: int | None
    batched: bool


class RequestLog:
    """The newest requests, as many as are kept, and how many there were of each kind, all of them."""

    def __init__(self, kept: int | None = None) -> None:
        self.records: deque[RequestRecord] = deque(maxlen=kept)
        self.counts: Counter[Kind] = Counter()

    def add(self, record: RequestRecord) -> None:
        """Notes a request."""
        self.records.append(record)
        self.counts[Kind(record.method, record.path, record.status, record.batched)] += 1

    def keep(self, kept: int | None) -> None:
        """Keeps so many of the newest from now on; all of them where it is None."""
        if kept != self.records.maxlen:
            self.records = deque(self.records, maxlen=kept)

    def clear(self) -> None:
        """Forgets what was asked."""
        self.records.clear()
        self.counts.clear()

    def counts_as_json(self) -> list[JsonObject]:
        """Writes how many requests of each kind there were, the most frequent first."""
        return [
            {"method": kind.method, "path": kind.path, "status": kind.status, "batched": kind.batched, "count": count}
            for kind, count in self.counts.most_common()
        ]
