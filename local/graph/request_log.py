"""What was asked, for tests that count calls. It never holds a body, a query or a phone number."""

from dataclasses import dataclass
from datetime import datetime

from local.graph.exchange import JsonObject


@dataclass(frozen=True)
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
