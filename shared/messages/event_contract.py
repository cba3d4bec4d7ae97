"""The completion event's contract: CloudEvents 1.0, and our data (dataschema 1.1).

1.1 added `findings`, `lockOutProof`, `decision` and `undoes` to 1.0; whoever reads 1.0 can read it.
"""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from shared.codes import Code, WarningCode
from shared.messages.change_request import Operation
from shared.messages.decision_contract import Told, ToldFinding, ToldProof
from shared.outcome import Outcome
from shared.phone.phone_type import PhoneType

DATA_SCHEMA: Final = "urn:mfaphone:change-completed:1.1"


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Moment = Annotated[datetime, PlainSerializer(_rfc3339, return_type=str)]


class Envelope(BaseModel):
    """What all events have around their data: CloudEvents 1.0 (https://github.com/cloudevents/spec)."""

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: str
    type: str
    source: str
    time: Moment
    dataschema: str
    datacontenttype: Literal["application/json"] = "application/json"

    def to_json(self) -> str:
        """Gives the event's body; CloudEvents attributes without a value are left out, data keeps its nulls."""
        absent = {name for name in type(self).model_fields if getattr(self, name) is None}
        return self.model_dump_json(by_alias=True, exclude=absent)


class EventUser(Told):
    """Whom the request concerned."""

    id: str = Field(description="Object id in Entra ID.")
    user_principal_name: str


class HoldDecided(Told):
    """What a person decided about a held request."""

    decision: Literal["approved", "cancelled"]
    decided_by: str
    reason: str
    decided_at: Moment = Field(description="RFC 3339, UTC.")


class CompletionData(Told):
    """What became of one request. Numbers are masked."""

    request_id: str
    outcome: Outcome
    code: Code = Field(description="Why; stable, for programs.")
    message: str = Field(description="Why; a sentence for people.")
    user: EventUser | None = Field(description="Null where the request did not get as far as finding the user.")
    operation: Operation | None = Field(description="Null where the message was no change request.")
    undoes: str | None = Field(description="The request that was to be undone.")
    phone_type: PhoneType | None = Field(description="Null for a removal of all phones.")
    masked_number: str | None = Field(description="The number that is, or would be, in place; such as +49 *********89.")
    previous_masked_number: str | None = Field(description="The number that was in place before.")
    requested_by: str | None
    reason: str | None
    warnings: tuple[WarningCode, ...] = Field(description="What deserves attention although the request ended well.")
    findings: tuple[ToldFinding, ...] = Field(
        description="Every rule of policy that fired, not the decisive one alone."
    )
    lock_out_proof: ToldProof | None = Field(description="Null where the user, or the number, was not known.")
    decision: HoldDecided | None = Field(description="Who let a held request go on, or cancelled it.")
    policy_version: str = Field(description="Declared version and content hash of the policy that decided.")
    accepted_at: Moment = Field(description="RFC 3339, UTC; when the request first arrived.")
    finished_at: Moment = Field(description="RFC 3339, UTC; when the outcome was recorded.")


class CompletionEnvelope(Envelope):
    """A CloudEvents 1.0 event in structured JSON (https://github.com/cloudevents/spec)."""

    id: str = Field(description="requestId and outcome; equal for every copy, and the MessageId as far as it fits.")
    type: str = Field(pattern=r"^mfaphone\.change\.[a-z_]+$", description="mfaphone.change.<outcome>")
    dataschema: Literal["urn:mfaphone:change-completed:1.1"] = DATA_SCHEMA
    subject: str | None = Field(None, description="The user's object id.")
    traceparent: str | None = Field(None, description="W3C trace context of the request.")
    data: CompletionData
