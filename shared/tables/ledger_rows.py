"""How requests and unsent events are written as table rows: keys, columns, and back.

One partition bucket holds a request's row and its outbox row, so that both change in one transaction; the prefixes
make all unsent events of a bucket one range of keys.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from shared.codes import Code
from shared.messages.change_request import Operation
from shared.messages.completion_event import CompletionEvent
from shared.messages.decision_contract import ToldFinding, told_findings, told_proof
from shared.outcome import Outcome, Verdict
from shared.ports import UnsentEvent
from shared.record import Ending, Intent, NewRecord, Record
from shared.request_hold import RequestHold
from shared.tables.hold_text import hold_of, hold_text

BUCKETS = tuple("0123456789abcdef")
REQUEST_PREFIX = "request:"
OUTBOX_PREFIX = "outbox:"
_TOLD_FINDINGS = TypeAdapter(tuple[ToldFinding, ...])

type Row = dict[str, Any]


def bucket_of(key: str) -> str:
    """Gives the partition of a record key: spread evenly, and the same for ever."""
    return hashlib.sha256(key.encode()).hexdigest()[0]


def request_key(key: str) -> tuple[str, str]:
    """Gives partition and row key of a request's row."""
    return bucket_of(key), REQUEST_PREFIX + key


def range_of(prefix: str, bucket: str) -> str:
    """Gives the filter for one bucket's rows with a prefix; `;` follows `:` in the order of keys."""
    return f"PartitionKey eq '{bucket}' and RowKey ge '{prefix}' and RowKey lt '{prefix[:-1]};'"


def new_row(new: NewRecord) -> Row:
    """Gives the row of a request that was just claimed."""
    partition, row_key = request_key(new.key)
    facts = new.facts
    columns = {
        "requestId": facts.request_id,
        "fingerprint": new.fingerprint,
        "sequence": str(new.sequence),
        "userKey": new.user_key,
        "operation": facts.operation.value if facts.operation else None,
        "phoneType": facts.phone_type.value if facts.phone_type else None,
        "undoes": facts.undoes,
        "requestedBy": facts.requested_by,
        "reason": facts.reason,
        "dryRun": new.dry_run,
        "acceptedAt": facts.accepted_at,
        "finished": False,
    }
    return {"PartitionKey": partition, "RowKey": row_key, **_present(columns)}


def intent_row(record: Record, intent: Intent | None) -> Row:
    """Gives the columns that note what is about to be written; empty ones take a note back."""
    partition, row_key = request_key(record.key)
    return {
        "PartitionKey": partition,
        "RowKey": row_key,
        "intentCode": intent.code.value if intent else "",
        "intentMaskedNumber": (intent and intent.masked_number) or "",
        "intentPreviousMaskedNumber": (intent and intent.previous_masked_number) or "",
    }


def hold_row(record: Record, hold: RequestHold) -> Row:
    """Gives the columns of a hold; its state and its end stand apart, so that a query finds what waits."""
    partition, row_key = request_key(record.key)
    return {
        "PartitionKey": partition,
        "RowKey": row_key,
        "hold": hold_text(hold),
        "holdState": hold.state.value,
        "holdExpiresAt": hold.expires_at,
    }


def parked_row(record: Record) -> Row:
    """Gives the column that says that a person has got the message."""
    partition, row_key = request_key(record.key)
    return {"PartitionKey": partition, "RowKey": row_key, "parked": True}


def finished_row(record: Record, ending: Ending, event: CompletionEvent) -> Row:
    """Gives the columns of a terminal outcome; what the decision rests on stands there as the event tells it."""
    partition, row_key = request_key(record.key)
    verdict, proof = ending.verdict, told_proof(ending.verdict.proof)
    columns = {
        "finished": True,
        "outcome": verdict.outcome.value,
        "code": verdict.code.value,
        "message": verdict.message,
        "detail": verdict.detail,
        "userId": verdict.user.id if verdict.user else None,
        "userPrincipalName": verdict.user.user_principal_name if verdict.user else None,
        "maskedNumber": verdict.masked_number,
        "previousMaskedNumber": verdict.previous_masked_number,
        "warnings": ",".join(verdict.warnings),
        "policyVersion": ending.policy_version,
        "finishedAt": ending.finished_at,
        "attempts": ending.attempts,
        "eventId": event.id,
        "findings": _TOLD_FINDINGS.dump_json(told_findings(verdict.findings), by_alias=True).decode(),
        "proof": proof.model_dump_json(by_alias=True) if proof else None,
    }
    return {"PartitionKey": partition, "RowKey": row_key, **_present(columns)}


def outbox_row(record: Record, event: CompletionEvent, recorded_at: datetime) -> Row:
    """Gives the row of an unsent event; the event is kept to the byte, so that copies are equal."""
    columns = {
        "recordKey": record.key,
        "body": event.body,
        "outcome": event.outcome,
        "code": event.code,
        "traceparent": event.traceparent,
        "recordedAt": recorded_at,
    }
    return {"PartitionKey": bucket_of(record.key), "RowKey": OUTBOX_PREFIX + event.id, **columns}


def record_of(row: Mapping[str, Any], etag: str) -> Record:
    """Reads a request's row."""
    return Record(
        key=row["RowKey"].removeprefix(REQUEST_PREFIX),
        fingerprint=row["fingerprint"],
        sequence=int(row["sequence"]),
        accepted_at=row["acceptedAt"],
        etag=etag,
        requested_by=row.get("requestedBy", ""),
        reason=row.get("reason", ""),
        operation=Operation(row["operation"]) if row.get("operation") else None,
        undoes=row.get("undoes", ""),
        user_key=row.get("userKey", ""),
        hold=hold_of(row["hold"]) if row.get("hold") else None,
        intent=_intent_of(row),
        verdict=_verdict_of(row),
        event_id=row.get("eventId", ""),
        parked=row.get("parked", False),
    )


def unsent_of(row: Mapping[str, Any]) -> UnsentEvent:
    """Reads an outbox row."""
    event = CompletionEvent(
        id=row["RowKey"].removeprefix(OUTBOX_PREFIX),
        body=row["body"],
        outcome=row["outcome"],
        code=row["code"],
        traceparent=row.get("traceparent", ""),
    )
    return UnsentEvent(row["recordKey"], event, row["recordedAt"])


def _intent_of(row: Mapping[str, Any]) -> Intent | None:
    if not row.get("intentCode"):
        return None
    masked, previous = row["intentMaskedNumber"] or None, row["intentPreviousMaskedNumber"] or None
    return Intent(Code(row["intentCode"]), masked, previous)


def _verdict_of(row: Mapping[str, Any]) -> Verdict | None:
    if not row["finished"]:
        return None
    return Verdict(Outcome(row["outcome"]), Code(row["code"]), row["detail"])


def _present(columns: Row) -> Row:
    return {name: value for name, value in columns.items() if value is not None}
