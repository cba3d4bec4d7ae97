"""The second person: answers held requests by approvals, as a tool of the security desk would send them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local.demo.moves import Move
from shared.approval_codes import ACCEPTED
from shared.messages.approval import Approval
from shared.messages.held_event import hold_id

# Whom `--approve` stands for; the demo's policy lets it approve whatever holds.
DEMO_APPROVER = "demo-approver"


@dataclass
class SecondPerson:
    """Knows what is to be done about which request; `otherwise` is done about every other one, cooling-offs apart."""

    script: Mapping[str, tuple[Move, ...]] = field(default_factory=dict)
    otherwise: tuple[Move, ...] = ()
    _left: dict[str, list[Move]] = field(default_factory=dict)
    _names: int = 0

    def seen(self, held: Mapping[str, Any]) -> Approval | None:
        """Gives the answer to a hold, as its event tells it; None where it is left alone."""
        self._left[held["holdId"]] = list(self._moves(held))
        return self._next(held["requestId"], held["holdId"])

    def told(self, answer: Mapping[str, Any]) -> Approval | None:
        """Gives the next move after the answer to an approval; none follows one that was accepted."""
        hold_id = answer["holdId"]
        if answer["code"] in ACCEPTED or hold_id not in self._left:
            return None
        return self._next(answer["requestId"], hold_id)

    def _moves(self, held: Mapping[str, Any]) -> tuple[Move, ...]:
        request_id = held["requestId"]
        if request_id in self.script and held["holdId"] == hold_id(request_id):
            return self.script[request_id]
        # What releases itself needs nobody.
        return () if held["releasesAt"] else self.otherwise

    def _next(self, request_id: str, hold_id: str) -> Approval | None:
        moves = self._left[hold_id]
        if not moves:
            return None
        move, self._names = moves.pop(0), self._names + 1
        return Approval(
            approvalId=f"A-{self._names:04d}",
            requestId=request_id,
            holdId=hold_id,
            decision=move.word,
            decidedBy=move.by,
            reason=move.reason,
            decidedAt=datetime.now(UTC).isoformat(timespec="seconds"),
        )
