"""The event that tells that the brake was engaged or that writing goes on: CloudEvents 1.0 (dataschema 1.0)."""

from typing import Literal

from pydantic import Field

from shared.brake_state import BrakeState
from shared.messages.completion_event import CompletionEvent
from shared.messages.decision_contract import Told
from shared.messages.event_contract import Envelope, Moment

_SCHEMA: Literal["urn:mfaphone:brake:1.0"] = "urn:mfaphone:brake:1.0"


class BrakeData(Told):
    """What happened to the brake."""

    engaged: bool = Field(description="True: all writing is stopped. False: it goes on.")
    reason: str
    by: str = Field(description="Who turned it: a person, or the brake itself.")
    since: Moment = Field(description="RFC 3339, UTC.")


class BrakeEnvelope(Envelope):
    """A CloudEvents 1.0 event in structured JSON."""

    type: Literal["mfaphone.brake.engaged", "mfaphone.brake.resumed"]
    dataschema: Literal["urn:mfaphone:brake:1.0"] = _SCHEMA
    data: BrakeData


def brake_event(state: BrakeState, source: str) -> CompletionEvent:
    """Builds the event of a turn; `outcome` and `code` among its properties are brake_engaged or brake_resumed."""
    word = "engaged" if state.engaged else "resumed"
    envelope = BrakeEnvelope(
        id=f"brake:{state.since.isoformat()}:{word}",
        type="mfaphone.brake.engaged" if state.engaged else "mfaphone.brake.resumed",
        source=source,
        time=state.since,
        data=BrakeData(engaged=state.engaged, reason=state.reason, by=state.by, since=state.since),
    )
    return CompletionEvent(envelope.id, envelope.to_json(), f"brake_{word}", f"brake_{word}")
