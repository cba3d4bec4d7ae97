"""The completion event: CloudEvents 1.0, structured JSON, without a clear phone number (dataschema 1.1)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.messages.change_request import Operation
from shared.messages.decision_contract import told_findings, told_proof
from shared.messages.event_contract import CompletionData, CompletionEnvelope, EventUser, HoldDecided
from shared.messages.received import TRACEPARENT, Properties
from shared.outcome import KnownUser, Outcome, Verdict
from shared.phone.phone_type import PhoneType
from shared.request_hold import HoldState, RequestHold

CONTENT_TYPE = "application/cloudevents+json"
TYPE_PREFIX = "mfaphone.change."
# Service Bus refuses longer ones.
_MESSAGE_ID_LENGTH = 128


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What an event repeats of the request that it completes; free text is already redacted."""

    request_id: str
    operation: Operation | None
    phone_type: PhoneType | None
    requested_by: str | None
    reason: str | None
    accepted_at: datetime
    traceparent: str = ""
    # Tells apart events of messages that share a request id but not a record: a reused id, an unreadable message.
    discriminator: str = ""
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class CompletionEvent:
    """An event ready to be sent; every copy is the same to the byte and carries the same id."""

    id: str
    body: str
    outcome: str
    code: str
    traceparent: str = ""

    @property
    def message_id(self) -> str:
        """The MessageId by which the topic detects copies."""
        return message_id_of(self.id)

    @property
    def application_properties(self) -> Properties:
        """What subscribers filter on, and the trace."""
        trace: Properties = {TRACEPARENT: self.traceparent} if self.traceparent else {}
        return {"outcome": self.outcome, "code": self.code, **trace}


def message_id_of(identity: str) -> str:
    """Gives the MessageId of an event or a copy: its own id, or the id's hash where that is too long."""
    if len(identity) <= _MESSAGE_ID_LENGTH:
        return identity
    return hashlib.sha256(identity.encode()).hexdigest()


def event_id(request_id: str, outcome: Outcome, discriminator: str = "", generation: int = 1) -> str:
    """Gives the id that all copies of an event share; a person's replay counts up the generation."""
    parts = [request_id, outcome.value, discriminator, str(generation) if generation > 1 else ""]
    return ":".join(part for part in parts if part)


def completion_event(  # noqa: PLR0913 - all of it stands in the event
    facts: RequestFacts,
    verdict: Verdict,
    *,
    source: str,
    policy_version: str,
    finished_at: datetime,
    hold: RequestHold | None = None,
) -> CompletionEvent:
    """Builds the event of one outcome; `source` is a URI reference, times are UTC, `hold` is what it waited for."""
    identity = event_id(facts.request_id, verdict.outcome, facts.discriminator)
    envelope = CompletionEnvelope(
        id=identity,
        type=f"{TYPE_PREFIX}{verdict.outcome}",
        source=source,
        subject=verdict.user.id if verdict.user else None,
        time=finished_at,
        traceparent=facts.traceparent or None,
        data=_data(facts, verdict, policy_version, finished_at).model_copy(update={"decision": _decided(hold)}),
    )
    return CompletionEvent(identity, envelope.to_json(), verdict.outcome.value, verdict.code.value, facts.traceparent)


def _data(facts: RequestFacts, verdict: Verdict, policy_version: str, finished_at: datetime) -> CompletionData:
    return CompletionData(
        request_id=facts.request_id,
        outcome=verdict.outcome,
        code=verdict.code,
        message=verdict.message,
        user=event_user(verdict.user),
        operation=facts.operation,
        undoes=facts.undoes,
        phone_type=facts.phone_type or verdict.phone_type,
        masked_number=verdict.masked_number,
        previous_masked_number=verdict.previous_masked_number,
        requested_by=facts.requested_by,
        reason=facts.reason,
        warnings=verdict.warnings,
        findings=told_findings(verdict.findings),
        lock_out_proof=told_proof(verdict.proof),
        decision=None,
        policy_version=policy_version,
        accepted_at=facts.accepted_at,
        finished_at=finished_at,
    )


def event_user(user: KnownUser | None) -> EventUser | None:
    """Gives a user as events name one."""
    return EventUser(id=user.id, user_principal_name=user.user_principal_name) if user else None


def _decided(hold: RequestHold | None) -> HoldDecided | None:
    if hold is None or hold.decision is None:
        return None
    told = hold.decision
    word: Literal["approved", "cancelled"] = "approved" if told.state is HoldState.APPROVED else "cancelled"
    return HoldDecided(decision=word, decided_by=told.approver, reason=told.reason, decided_at=told.at)
