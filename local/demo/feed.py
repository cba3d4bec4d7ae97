"""Reads an HR feed, CSV or JSON Lines: every row becomes a message, or is reported with its line and the reason."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.serving import CannotStartError

FIELDS = (
    "schemaVersion",
    "requestId",
    "operation",
    "userPrincipalName",
    "employeeId",
    "userId",
    "phoneType",
    "phoneNumber",
    "region",
    "ifCurrent",
    "requestedBy",
    "reason",
    "requestedAt",
    "expiresAt",
    "dryRun",
    "effectiveAt",
)
_USER_FIELDS = {"userPrincipalName": "userPrincipalName", "employeeId": "employeeId", "userId": "id"}
_TRUE = {"true", "yes", "1"}
_FALSE = {"false", "no", "0"}
# Service Bus refuses longer ones.
_LONGEST_ID = 128


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
class RowFault:
    """A row that cannot become a message."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's requests and its unreadable rows."""

    requests: tuple[FeedRequest, ...]
    faults: tuple[RowFault, ...]
    unknown_columns: tuple[str, ...] = ()


class _RowError(ValueError):
    """A row that cannot become a message; the text says why."""


def read_feed(path: Path, now: datetime) -> Feed:
    """Reads a feed. Raises CannotStartError where the file as a whole is no feed."""
    text = _text_of(path)
    match path.suffix.lower():
        case ".csv":
            return _read_csv(text, now)
        case ".jsonl" | ".ndjson":
            return _collected(_json_rows(text), now)
        case _:
            message = f"The feed {path} is neither .csv nor .jsonl."
            raise CannotStartError(message)


def _text_of(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as fault:
        message = f"The feed {path} cannot be read: {fault.strerror}."
        raise CannotStartError(message) from fault
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


type _Line = tuple[int, dict[str, Any] | str]


def _read_csv(text: str, now: datetime) -> Feed:
    delimiter = _delimiter(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [_field_name(cell) for cell in next(rows, [])]
    if "operation" not in header:
        message = f"The feed's first line must name its columns, operation among them; known are {', '.join(FIELDS)}."
        raise CannotStartError(message)
    unknown = tuple(name for name in header if name and name not in FIELDS)
    feed = _collected(_csv_rows(rows, header), now)
    return Feed(feed.requests, feed.faults, unknown)


def _delimiter(text: str) -> str:
    """Takes the sign that stands most often in the header: European spreadsheets write semicolons."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _field_name(cell: str) -> str:
    plain = re.sub(r"[\s_-]", "", cell).lower()
    return next((field for field in FIELDS if field.lower() == plain), cell.strip())


def _csv_rows(rows: Any, header: list[str]) -> Iterator[_Line]:  # noqa: ANN401 - csv's reader has no public type
    while True:
        first_line = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as fault:
            yield first_line, f"it is no CSV: {fault}"
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            yield first_line, f"it has {len(cells)} cells where the header has {len(header)}"
            continue
        yield first_line, {name: cell for name, cell in zip(header, cells, strict=True) if cell.strip()}


def _json_rows(text: str) -> Iterator[_Line]:
    for line, content in enumerate(text.splitlines(), start=1):
        if not content.strip():
            continue
        try:
            fields = json.loads(content)
        except (json.JSONDecodeError, RecursionError):
            yield line, "it is no JSON"
            continue
        yield line, fields if isinstance(fields, dict) else "it is no JSON object"


def _collected(rows: Iterator[_Line], now: datetime) -> Feed:
    requests, faults = [], []
    for line, row in rows:
        if isinstance(row, str):
            faults.append(RowFault(line, row))
            continue
        try:
            requests.append(_request(line, row, now))
        except _RowError as fault:
            faults.append(RowFault(line, str(fault)))
    return Feed(tuple(requests), tuple(faults))


def _request(line: int, row: dict[str, Any], now: datetime) -> FeedRequest:
    """Fills in what a feed may leave out and passes everything else on as it stands: the function judges it."""
    user = _user(row)
    body = {
        "schemaVersion": "1.0",
        "requestId": f"feed-{line:05d}",
        "requestedBy": "hr-feed",
        "reason": f"feed line {line}",
        "requestedAt": now.isoformat(timespec="seconds"),
        **{name: value for name, value in row.items() if name not in _USER_FIELDS and name in FIELDS},
        "user": user,
    }
    effective_at = _moment(body.pop("effectiveAt", None))
    if "dryRun" in body:
        body["dryRun"] = _truth(body["dryRun"])
    if not isinstance(body["requestId"], str) or not 0 < len(body["requestId"]) <= _LONGEST_ID:
        message = f"its requestId is no text of 1 to {_LONGEST_ID} characters"
        raise _RowError(message)
    return FeedRequest(line, body, _session(user), effective_at)


def _user(row: dict[str, Any]) -> dict[str, Any]:
    nested = row.get("user")
    if isinstance(nested, dict) and nested:
        return nested
    user = {key: row[name] for name, key in _USER_FIELDS.items() if row.get(name)}
    if not user:
        message = f"it names no user: give one of {', '.join(_USER_FIELDS)}"
        raise _RowError(message)
    return {key: value.strip() if isinstance(value, str) else value for key, value in user.items()}


def _session(user: dict[str, Any]) -> str:
    session = str(next((value for value in user.values() if value), "")).lower()
    if not 0 < len(session) <= _LONGEST_ID:
        message = f"its user is no text of 1 to {_LONGEST_ID} characters"
        raise _RowError(message)
    return session


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        message = "its effectiveAt is no date and time"
        raise _RowError(message) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _truth(value: object) -> object:
    if isinstance(value, str):
        if (word := value.strip().lower()) in _TRUE | _FALSE:
            return word in _TRUE
        message = "its dryRun is neither true nor false"
        raise _RowError(message)
    return value
