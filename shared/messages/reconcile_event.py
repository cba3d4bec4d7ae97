"""The event that tells that messages vanished, requests never ended, or all is well again: CloudEvents 1.0."""

from typing import Literal

from pydantic import Field

from shared.messages.completion_event import CompletionEvent
from shared.messages.decision_contract import Told
from shared.messages.event_contract import Envelope
from shared.reconciliation.findings import Findings, Judged, Result

_SCHEMA: Literal["urn:mfaphone:reconcile:1.0"] = "urn:mfaphone:reconcile:1.0"
type _Kind = Literal["mfaphone.reconcile.vanished", "mfaphone.reconcile.overdue", "mfaphone.reconcile.balanced"]
_TYPES: dict[Result, _Kind] = {
    Result.VANISHED: "mfaphone.reconcile.vanished",
    Result.OVERDUE: "mfaphone.reconcile.overdue",
    Result.BALANCED: "mfaphone.reconcile.balanced",
}


class QueueData(Told):
    """One queue."""

    destination: str = Field(description="The queue's name.")
    vanished: int | None = Field(
        ge=0, description="Messages that left it and no function saw, as far as this run looked; null: not known."
    )


class ReconcileData(Told):
    """What the run found that made the turn."""

    queues: tuple[QueueData, ...]
    overdue: int = Field(ge=0, description="Accepted requests that are past their end and have no outcome.")
    overdue_requests: tuple[str, ...] = Field(description="The ids of the oldest of them, at most 20.")


class ReconcileEnvelope(Envelope):
    """A CloudEvents 1.0 event in structured JSON; one for each turn, not for each run."""

    id: str = Field(description="Equal for every copy.")
    type: _Kind
    dataschema: Literal["urn:mfaphone:reconcile:1.0"] = _SCHEMA
    data: ReconcileData


def reconcile_event(found: Findings, source: str) -> CompletionEvent:
    """Builds the event of a turn; `outcome` and `code` among its properties are `reconcile_<result>`."""
    word = f"reconcile_{found.result}"
    envelope = ReconcileEnvelope(
        id=f"reconcile:{found.at.isoformat()}:{found.result}",
        type=_TYPES[found.result],
        source=source,
        time=found.at,
        data=ReconcileData(
            queues=tuple(_queue(judged) for judged in found.judged),
            overdue=found.overdue.requests,
            overdue_requests=found.overdue.request_ids,
        ),
    )
    return CompletionEvent(envelope.id, envelope.to_json(), word, word)


def _queue(judged: Judged) -> QueueData:
    return QueueData(destination=judged.destination, vanished=judged.vanished)
