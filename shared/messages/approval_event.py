"""The event that answers an approval: CloudEvents 1.0 (dataschema 1.0)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.approval_codes import ACCEPTED, MESSAGES, ApprovalCode
from shared.messages.approval import HoldWord
from shared.messages.completion_event import CompletionEvent
from shared.messages.decision_contract import Told
from shared.messages.event_contract import Envelope, Moment

_SCHEMA: Literal["urn:mfaphone:approval:1.0"] = "urn:mfaphone:approval:1.0"


class ApprovalData(Told):
    """What became of an approval; of an unreadable one only the id is told."""

    approval_id: str
    request_id: str | None
    hold_id: str | None
    decision: HoldWord | None
    decided_by: str | None
    reason: str | None
    code: ApprovalCode = Field(description="Why it counts or does not; stable, for programs.")
    message: str = Field(description="The same, as a sentence for people.")
    policy_version: str = Field(description="Declared version and content hash of the policy that decided.")
    received_at: Moment = Field(description="RFC 3339, UTC; when the approval arrived on its queue.")


class ApprovalEnvelope(Envelope):
    """A CloudEvents 1.0 event in structured JSON."""

    type: Literal["mfaphone.approval.accepted", "mfaphone.approval.refused"]
    dataschema: Literal["urn:mfaphone:approval:1.0"] = _SCHEMA
    data: ApprovalData


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """What the answer repeats of an approval; free text is already redacted."""

    approval_id: str
    request_id: str | None = None
    hold_id: str | None = None
    decision: HoldWord | None = None
    decided_by: str | None = None
    reason: str | None = None
    # Tells apart the answers to two messages whose ids are the same, or are masked.
    discriminator: str = ""
    # What is wrong with an unreadable one, without a value of it.
    detail: str = ""


def approval_event(
    facts: ApprovalFacts, code: ApprovalCode, received_at: datetime, *, source: str, policy_version: str
) -> CompletionEvent:
    """Builds the answer; `outcome` among its properties is approval_accepted or approval_refused."""
    word: Literal["accepted", "refused"] = "accepted" if code in ACCEPTED else "refused"
    envelope = ApprovalEnvelope(
        id=f"approval:{facts.approval_id}:{code}:{facts.discriminator}",
        type="mfaphone.approval.accepted" if word == "accepted" else "mfaphone.approval.refused",
        source=source,
        time=received_at,
        data=ApprovalData(
            approval_id=facts.approval_id,
            request_id=facts.request_id,
            hold_id=facts.hold_id,
            decision=facts.decision,
            decided_by=facts.decided_by,
            reason=facts.reason,
            code=code,
            message=f"{MESSAGES[code]} {facts.detail}".strip(),
            policy_version=policy_version,
            received_at=received_at,
        ),
    )
    return CompletionEvent(envelope.id, envelope.to_json(), f"approval_{word}", code.value)
