"""The event that tells that an exception from policy is about to expire: CloudEvents 1.0 (dataschema 1.0)."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from shared.codes import Code
from shared.compliance.finding import ComplianceCode
from shared.messages.completion_event import CompletionEvent
from shared.messages.decision_contract import Told
from shared.messages.event_contract import Envelope
from shared.phone.redaction import redact
from shared.policy.exceptions import PolicyException

EXPIRING = "exception_expiring"
_SCHEMA: Literal["urn:mfaphone:exception-expiring:1.0"] = "urn:mfaphone:exception-expiring:1.0"


class ExceptionData(Told):
    """An exception that still holds, and soon will not."""

    exception_id: str
    codes: tuple[Code | ComplianceCode, ...] = Field(description="The rules that it excuses from.")
    owner: str = Field(description="The mail address of who answers for it.")
    reason: str
    expires: date = Field(description="ISO 8601 date; the last day on which it holds, UTC.")
    days_left: int = Field(ge=0, description="Whole days until then; 0 on the last day.")
    policy_version: str


class ExceptionEnvelope(Envelope):
    """A CloudEvents 1.0 event in structured JSON."""

    id: str = Field(description="The exception and its last day; equal for every copy.")
    type: Literal["mfaphone.policy.exception_expiring"] = "mfaphone.policy.exception_expiring"
    dataschema: Literal["urn:mfaphone:exception-expiring:1.0"] = _SCHEMA
    data: ExceptionData


def exception_event(exception: PolicyException, *, source: str, policy_version: str, at: datetime) -> CompletionEvent:
    """Builds the event of an exception; `outcome` and `code` among its properties are `exception_expiring`."""
    envelope = ExceptionEnvelope(
        id=f"exception:{exception.id}:{exception.expires}",
        source=source,
        time=at,
        data=ExceptionData(
            exception_id=exception.id,
            codes=exception.codes,
            owner=exception.owner,
            reason=redact(exception.reason, ()),
            expires=exception.expires,
            days_left=(exception.expires - at.date()).days,
            policy_version=policy_version,
        ),
    )
    return CompletionEvent(envelope.id, envelope.to_json(), EXPIRING, EXPIRING)
