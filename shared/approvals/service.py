"""Takes approvals off their queue: judges each, writes the decision into the held request's record, and answers."""

import logging
from dataclasses import dataclass

from shared.approval_codes import ACCEPTED, ApprovalCode
from shared.approvals.rule import STATES, judge
from shared.codes import Code
from shared.errors import LedgerConflictError
from shared.keyed_hash import keyed_hash
from shared.messages.approval import Approval
from shared.messages.approval_event import ApprovalFacts, approval_event
from shared.messages.completion_event import message_id_of
from shared.messages.decode import Unreadable, decode_as, told_name
from shared.messages.fingerprint import discriminator, fingerprint_of_unreadable
from shared.messages.held_event import request_of
from shared.messages.received import ReceivedMessage
from shared.outcome import Outcome, Verdict
from shared.patience import patiently
from shared.phone.redaction import redact
from shared.policy.load import LoadedPolicy
from shared.ports import Clock, EventSink, Ledger, RequestQueue
from shared.record import Record
from shared.request_hold import HoldDecision
from shared.telemetry.instruments import instruments
from shared.telemetry.names import CODE
from shared.telemetry.work import name_request

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ApprovalService:
    """Handles approvals; the held request itself looks again by its own message, within policy's `hold.lookAgain`."""

    clock: Clock
    ledger: Ledger
    events: EventSink
    queue: RequestQueue
    policy: LoadedPolicy
    source: str
    number_key: bytes

    async def handle(self, message: ReceivedMessage) -> None:
        """Answers an approval by an event; one that cannot be read is parked as well.

        Waits while storage or bus are out of order; raises TransientError when patience ends, and the broker delivers
        again.
        """
        found = decode_as(Approval, message, "approvalId")
        if isinstance(found, Unreadable):
            await patiently(self.clock, lambda: self._park(message, found))
        else:
            await patiently(self.clock, lambda: self._decide(message, found))

    async def _decide(self, message: ReceivedMessage, approval: Approval) -> None:
        record = await self.ledger.find(approval.request_id)
        code = judge(approval, record, self.policy.rules, self.clock.now())
        # Accepted where it is decided already: a repeat of the approval that decided it.
        if record is not None and code in ACCEPTED and not (record.hold and record.hold.decision):
            code = await self._written(approval, record, code)
        facts = _facts(approval, keyed_hash(message.body, self.number_key), known=record is not None)
        _LOG.info("Approval %s of request %s: %s.", facts.approval_id, facts.request_id, code)
        await self._answer(facts, code, message)

    async def _written(self, approval: Approval, record: Record, code: ApprovalCode) -> ApprovalCode:
        """Writes the decision down; where the record changed meanwhile, it is judged anew."""
        decision = HoldDecision(
            STATES[approval.decision],
            redact(approval.decided_by, ()),
            redact(approval.reason, ()),
            self.clock.now(),
            approval.approval_id,
        )
        try:
            await self.ledger.decide_hold(record, decision)
        except LedgerConflictError:
            code = judge(approval, await self.ledger.find(approval.request_id), self.policy.rules, self.clock.now())
            if code in ACCEPTED:
                raise
        return code

    async def _park(self, message: ReceivedMessage, found: Unreadable) -> None:
        """Keeps the message for a person, and tells it."""
        print_ = discriminator(fingerprint_of_unreadable(message.message_id, message.body, self.number_key))
        facts = ApprovalFacts(found.request_id or f"unnamed-{print_}", discriminator=print_, detail=found.detail)
        parked_id = message_id_of(f"approval:{facts.approval_id}:{print_}")
        await self.queue.park(message, Verdict(Outcome.FAILED, found.code, _detail(found)), parked_id)
        await self._answer(facts, ApprovalCode.INVALID_APPROVAL, message)

    async def _answer(self, facts: ApprovalFacts, code: ApprovalCode, message: ReceivedMessage) -> None:
        """Sends the answer; by the time of the message, so that copies of it are equal."""
        version = self.policy.version
        event = approval_event(facts, code, message.enqueued_at, source=self.source, policy_version=version)
        name_request(facts.request_id or "")
        await self.events.publish(event)
        instruments().approvals.add(1, {CODE: code.value})


def _facts(approval: Approval, content_hash: str, *, known: bool) -> ApprovalFacts:
    """Gives what the answer repeats. Ids that no record bears out may be anything, a number even."""
    return ApprovalFacts(
        approval_id=told_name(approval.approval_id),
        request_id=approval.request_id if known else told_name(approval.request_id),
        hold_id=approval.hold_id if known and _is_of(approval) else None,
        decision=approval.decision,
        decided_by=redact(approval.decided_by, ()),
        reason=redact(approval.reason, ()),
        discriminator=discriminator(content_hash),
    )


def _is_of(approval: Approval) -> bool:
    return request_of(approval.hold_id or "") == approval.request_id


def _detail(found: Unreadable) -> str:
    return found.detail if found.code is Code.INVALID_REQUEST else ""
