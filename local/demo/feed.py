"""Reads an HR feed, CSV or JSON: every row becomes a message, or is reported with its line and the reason."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.demo.feed_csv import csv_rows
from local.demo.feed_fields import FIELDS, USER_FIELDS
from local.demo.feed_json import json_rows
from local.demo.feed_rows import Row, RowFault
from local.demo.feed_text import is_text, text_of
from local.serving import CannotStartError

__all__ = ["FIELDS", "Feed", "FeedRequest", "RowFault", "read_feed"]

_TRUE = {"true", "yes", "1"}
_FALSE = {"false", "no", "0"}
# Service Bus refuses longer ones.
_LONGEST_ID = 128
# As the contract has it. An outcome of a request under another id could not be told by it.
_REQUEST_ID = re.compile(rf"[A-Za-z0-9._:-]{{1,{_LONGEST_ID}}}", re.ASCII)
# Service Bus takes 256 KB in the standard tier, its own properties included.
_LARGEST_BODY = 250_000
_SCIENTIFIC = re.compile(r"\s*\d+([.,]\d+)?[eE]\+?\d+\s*")


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """A row as it goes onto the queue."""

    line: int
    body: dict[str, Any]
    session_id: str
    effective_at: datetime | None = None

    @property
    def request_id(self) -> str:
        """The request id, also the MessageId."""
        return str(self.body["requestId"])


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's requests and its unreadable rows."""

    requests: tuple[FeedRequest, ...]
    faults: tuple[RowFault, ...]
    unknown_columns: tuple[str, ...] = ()
    # Lines in which a spreadsheet has made 4.91512E+12 of a number.
    spoilt_by_a_spreadsheet: tuple[int, ...] = ()


class _RowError(ValueError):
    """A row that cannot become a message; the text says why."""


def read_feed(path: Path, now: datetime) -> Feed:
    """Reads a feed. Raises CannotStartError where the file as a whole is no feed."""
    match path.suffix.lower():
        case ".csv" | ".tsv" | ".txt":
            rows, unknown = csv_rows(text_of(path), str(path))
        case ".jsonl" | ".ndjson" | ".json":
            rows, unknown = json_rows(text_of(path))
        case _:
            message = f"The feed {path} is neither .csv nor .jsonl; a workbook can be saved as CSV."
            raise CannotStartError(message)
    if not rows:
        message = f"The feed {path} holds no rows."
        raise CannotStartError(message)
    return _collected(rows, unknown, now)


def _collected(rows: Sequence[Row | RowFault], unknown: tuple[str, ...], now: datetime) -> Feed:
    requests, faults, spoilt = [], [], []
    in_line: Counter[int] = Counter()
    for row in rows:
        in_line[row.line] += 1
        if isinstance(row, RowFault):
            faults.append(row)
            continue
        try:
            requests.append(_request(row, in_line[row.line], now))
        except _RowError as fault:
            faults.append(RowFault(row.line, str(fault)))
            continue
        if any(isinstance(value, str) and _SCIENTIFIC.fullmatch(value) for value in row.fields.values()):
            spoilt.append(row.line)
    return Feed(tuple(requests), tuple(faults), unknown, tuple(spoilt))


def _request(row: Row, place: int, now: datetime) -> FeedRequest:
    """Fills in what a feed may leave out and passes everything else on as it stands: the function judges it.

    `place` is the row's place among those of its line: a JSON list may stand in one.
    """
    user = _user(row.fields)
    body = {
        "schemaVersion": "1.0",
        "requestId": f"feed-{row.line:05d}{f'-{place}' if place > 1 else ''}",
        "requestedBy": "hr-feed",
        "reason": f"feed line {row.line}",
        "requestedAt": now.isoformat(timespec="seconds"),
        **{name: value for name, value in row.fields.items() if name not in USER_FIELDS and name in FIELDS},
        "user": user,
    }
    effective_at = _moment(body.pop("effectiveAt", None))
    if "dryRun" in body:
        body["dryRun"] = _truth(body["dryRun"])
    if not isinstance(body["requestId"], str) or not _REQUEST_ID.fullmatch(body["requestId"]):
        message = f"its requestId is no text of 1 to {_LONGEST_ID} letters A to Z, digits and . _ : -"
        raise _RowError(message)
    if len(json.dumps(body)) > _LARGEST_BODY:
        message = "it is larger than a message can be"
        raise _RowError(message)
    return FeedRequest(row.line, body, _session(user), effective_at)


def _user(fields: dict[str, Any]) -> dict[str, Any]:
    nested = fields.get("user")
    if isinstance(nested, dict) and nested:
        return nested
    user = {key: fields[name] for name, key in USER_FIELDS.items() if fields.get(name)}
    if not user:
        message = f"it names no user: give one of {', '.join(USER_FIELDS)}"
        raise _RowError(message)
    return {key: value.strip() if isinstance(value, str) else value for key, value in user.items()}


def _session(user: dict[str, Any]) -> str:
    """Gives the session, which must be one that Service Bus takes."""
    session = str(next((value for value in user.values() if value), "")).lower()
    if not 0 < len(session) <= _LONGEST_ID or not is_text(session):
        message = f"its user is no text of 1 to {_LONGEST_ID} characters"
        raise _RowError(message)
    return session


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value).strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # at the end of the year 9999 the west is already beyond it
        message = "its effectiveAt is no date and time such as 2026-11-30T08:00:00Z"
        raise _RowError(message) from None


def _truth(value: object) -> object:
    if isinstance(value, str):
        if (word := value.strip().lower()) in _TRUE | _FALSE:
            return word in _TRUE
        message = "its dryRun is neither true nor false"
        raise _RowError(message)
    return value
