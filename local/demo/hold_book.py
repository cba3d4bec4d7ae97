"""Counts holds and approvals: every approval has one answer, and nothing is held or answered that nobody sent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.approval_codes import ACCEPTED


@dataclass
class HoldBook:
    """What was held, what was sent about it, and what came of that."""

    # The ids of all requests that were sent.
    requests: Collection[str] = ()
    # The latest hold of each request that has not ended, as its event tells it.
    open: dict[str, dict[str, Any]] = field(default_factory=dict)
    # The ids of all requests that were ever held.
    ever: set[str] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)
    # The code that each approval was answered by.
    answers: dict[str, str] = field(default_factory=dict)
    _decided: set[str] = field(default_factory=set)
    _ended: set[str] = field(default_factory=set)
    _strange: list[str] = field(default_factory=list)

    def held(self, event: dict[str, Any]) -> bool:
        """Books a hold, and says whether it is news; events may come twice."""
        data = event["data"]
        if data["requestId"] not in self.requests:
            self._strange.append(event["id"])
        is_known = self.open.get(data["requestId"], {}).get("holdId") == data["holdId"]
        if is_known or data["requestId"] in self._ended:
            return False
        self.open[data["requestId"]] = data
        self.ever.add(data["requestId"])
        return True

    def answered(self, event: dict[str, Any]) -> bool:
        """Books the answer to an approval, and says whether it is news."""
        data = event["data"]
        name, code = data["approvalId"], data["code"]
        if name not in self.sent or self.answers.get(name, code) != code:
            self._strange.append(event["id"])
        if name in self.answers:
            return False
        self.answers[name] = code
        if code in ACCEPTED:
            self._decided.add(data["holdId"])
        return True

    def ended(self, request_id: str) -> None:
        """Books that a request has come to its end; what is told of its hold after that is old."""
        self._ended.add(request_id)
        self.open.pop(request_id, None)

    @property
    def unanswered(self) -> list[str]:
        """Approvals that were sent and not answered."""
        return [name for name in self.sent if name not in self.answers]

    @property
    def invented(self) -> list[str]:
        """Events about holds and approvals that nobody caused."""
        return self._strange

    def left_behind(self, moment: datetime) -> list[dict[str, Any]]:
        """Gives the holds that nobody has decided and that do not end by themselves before a moment."""
        undecided = [hold for hold in self.open.values() if hold["holdId"] not in self._decided]
        return [hold for hold in undecided if ends_at(hold) > moment]


def ends_at(hold: Mapping[str, Any]) -> datetime:
    """Gives the time at which a hold ends by itself: it is released, or expires."""
    return datetime.fromisoformat(hold["releasesAt"] or hold["expiresAt"])
