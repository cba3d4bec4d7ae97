"""The approval, as a second person's tool puts it on the approval queue (schemaVersion 1.0)."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, JsonValue, StringConstraints, model_validator

from shared.contract_fields import Contract
from shared.messages.change_request import RequestId, Text, Timestamp

# What the model's validator holds, said again for readers of the JSON Schema.
_APPROVAL_NAMES_ITS_HOLD: dict[str, JsonValue] = {
    "if": {"properties": {"decision": {"const": "approve"}}},
    "then": {"required": ["holdId"], "properties": {"holdId": {"type": "string"}}},
}


class HoldWord(StrEnum):
    """What is decided about a held request."""

    APPROVE = "approve"
    CANCEL = "cancel"


class Approval(Contract):
    """A message that lets a held request go on, or cancels it. It may be sent again: it is decided once."""

    model_config = ConfigDict(json_schema_extra=_APPROVAL_NAMES_ITS_HOLD)

    schema_version: Annotated[str, StringConstraints(pattern=r"^1\.[0-9]{1,4}$")] = Field(
        "1.0", description="Version of this contract, major.minor; another major version is parked."
    )
    approval_id: RequestId = Field(description="The idempotency key; equal to the Service Bus MessageId.")
    request_id: RequestId = Field(description="The requestId of the held request.")
    hold_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:\-]{1,160}$")] | None = Field(
        None,
        description="The holdId of the event that told of the hold. Required for `approve`: what is held again for "
        "another reason must be approved anew.",
    )
    decision: HoldWord = Field(
        description="`approve` lets the request go on; `cancel` ends it, also in its cooling-off."
    )
    decided_by: Text = Field(
        description="Who decides, as policy's `approvers` names them: never the requester, nor the user concerned."
    )
    reason: Text = Field(description="Why, or how the user's identity was checked; kept in the record.")
    decided_at: Timestamp = Field(description="RFC 3339; when it was decided.")

    @model_validator(mode="after")
    def _approval_names_its_hold(self) -> Self:
        if self.decision is HoldWord.APPROVE and self.hold_id is None:
            message = "holdId is required for approve: it says which hold was looked at"
            raise ValueError(message)
        return self
