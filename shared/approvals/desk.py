"""What a second person's command does: show what is held, and send what was decided about it."""

import uuid
from dataclasses import dataclass

from shared.approval_codes import ACCEPTED, ApprovalCode
from shared.approvals.rule import judge
from shared.messages.approval import Approval, HoldWord
from shared.messages.held_event import request_of
from shared.policy.model import Policy
from shared.ports import ApprovalSink, Clock, HeldRequests, Ledger
from shared.record import Record


@dataclass(frozen=True, slots=True)
class ApprovalDesk:
    """Where held requests are decided by hand; whether an approval counts is judged again when it arrives."""

    clock: Clock
    ledger: Ledger
    held: HeldRequests
    queue: ApprovalSink
    policy: Policy

    async def waiting(self) -> tuple[Record, ...]:
        """Gives the held requests that nobody has decided about, the oldest first."""
        return await self.held.waiting()

    async def decide(self, hold_id: str, decision: HoldWord, by: str, reason: str) -> ApprovalCode:
        """Sends an approval if it would count, and gives the answer that it will get. Raises TransientError."""
        request_id = request_of(hold_id)
        if request_id is None:
            return ApprovalCode.REQUEST_UNKNOWN
        approval = Approval.model_validate(
            {
                "approvalId": f"desk-{uuid.uuid4()}",
                "requestId": request_id,
                "holdId": hold_id,
                "decision": decision,
                "decidedBy": by,
                "reason": reason,
                "decidedAt": self.clock.now(),
            }
        )
        code = judge(approval, await self.ledger.find(approval.request_id), self.policy, self.clock.now())
        if code in ACCEPTED:
            await self.queue.send(approval)
        return code
