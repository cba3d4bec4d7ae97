"""The event that tells that a request is held: CloudEvents 1.0 (dataschema 1.0). An outcome follows it."""

import re
from typing import Literal

from pydantic import Field

from shared.codes import Code
from shared.messages.change_request import Operation
from shared.messages.completion_event import CompletionEvent, RequestFacts, event_user
from shared.messages.decision_contract import Told, ToldFinding, ToldProof, told_findings, told_proof
from shared.messages.event_contract import Envelope, EventUser, Moment
from shared.phone.phone_type import PhoneType
from shared.request_hold import RequestHold

HELD = "held"
# So few digits of a generation that no phone number passes for one.
_HOLD_ID = re.compile(rf"(?P<request>.+):{HELD}(?::\d{{1,6}})?", re.ASCII)
_SCHEMA: Literal["urn:mfaphone:change-held:1.0"] = "urn:mfaphone:change-held:1.0"


class HeldData(Told):
    """A request that waits for a second person, or for a while. Numbers are masked."""

    request_id: str
    hold_id: str = Field(description="What an approval names; another one where the request is held again.")
    code: Code = Field(description="The first rule that holds it; `findings` has them all.")
    message: str = Field(description="Why; a sentence for people.")
    user: EventUser | None
    operation: Operation | None
    undoes: str | None = Field(description="The request that is to be undone.")
    phone_type: PhoneType | None = Field(description="Null for a removal of all phones.")
    masked_number: str | None
    previous_masked_number: str | None
    requested_by: str | None
    reason: str | None
    findings: tuple[ToldFinding, ...] = Field(description="The rules that make it wait.")
    lock_out_proof: ToldProof | None
    policy_version: str
    held_at: Moment = Field(description="RFC 3339, UTC.")
    expires_at: Moment = Field(description="RFC 3339, UTC; nobody decided by then: it expires.")
    releases_at: Moment | None = Field(
        description="RFC 3339, UTC; when a cooling-off period ends by itself; null where a person must approve."
    )


class HeldEnvelope(Envelope):
    """A CloudEvents 1.0 event in structured JSON."""

    id: str = Field(description="The hold's id; equal for every copy.")
    type: Literal["mfaphone.change.held"] = "mfaphone.change.held"
    subject: str = Field(description="The user's object id.")
    dataschema: Literal["urn:mfaphone:change-held:1.0"] = _SCHEMA
    traceparent: str | None = Field(None, description="W3C trace context of the request.")
    data: HeldData


def hold_id(request_id: str, generation: int = 1) -> str:
    """Gives what an approval names: the request, and from the second hold on which one it is."""
    return f"{request_id}:{HELD}" + (f":{generation}" if generation > 1 else "")


def request_of(hold_id: str) -> str | None:
    """Gives the request that a hold's id names; None where it is no such id."""
    found = _HOLD_ID.fullmatch(hold_id)
    return found["request"] if found else None


def held_event(facts: RequestFacts, hold: RequestHold, *, source: str, policy_version: str) -> CompletionEvent:
    """Builds the event of a hold; `outcome` among its properties is `held`."""
    identity, first = hold_id(facts.request_id, hold.generation), hold.findings[0]
    envelope = HeldEnvelope(
        id=identity,
        source=source,
        subject=hold.user.id,
        time=hold.placed_at,
        traceparent=facts.traceparent or None,
        data=_data(facts, hold, policy_version),
    )
    return CompletionEvent(identity, envelope.to_json(), HELD, first.code.value, facts.traceparent)


def _data(facts: RequestFacts, hold: RequestHold, policy_version: str) -> HeldData:
    return HeldData(
        request_id=facts.request_id,
        hold_id=hold_id(facts.request_id, hold.generation),
        code=hold.findings[0].code,
        message=" ".join(finding.message for finding in hold.findings),
        user=event_user(hold.user),
        operation=facts.operation,
        undoes=facts.undoes,
        phone_type=facts.phone_type or hold.phone_type,
        masked_number=hold.masked_number,
        previous_masked_number=hold.previous_masked_number,
        requested_by=facts.requested_by,
        reason=facts.reason,
        findings=told_findings(hold.findings),
        lock_out_proof=told_proof(hold.proof),
        policy_version=policy_version,
        held_at=hold.placed_at,
        expires_at=hold.expires_at,
        releases_at=hold.releases_at,
    )
