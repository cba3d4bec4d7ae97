"""Step 2: turns a message's body into a change request, or says why that cannot be."""

import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from shared.codes import MESSAGES, Code, WarningCode
from shared.messages.change_request import ChangeRequest
from shared.messages.received import ReceivedMessage

# The largest message of Service Bus's standard tier.
MAXIMUM_BYTES = 256 * 1024
_SUPPORTED_MAJOR = "1"
_NOT_IN_REQUEST_ID = re.compile(r"[^A-Za-z0-9._:-]")
_REQUEST_ID_LENGTH = 128


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that is no change request; `detail` names the faults and holds no value of the message."""

    request_id: str
    code: Code
    detail: str


class _NotJsonError(ValueError):
    """The text is not one JSON object, strictly read."""


def decode(message: ReceivedMessage) -> ChangeRequest | Unreadable:
    """Decodes a body strictly: UTF-8, one JSON object, no field twice, every field as the contract says."""
    if len(message.body) > MAXIMUM_BYTES:
        return _unreadable(message, Code.MESSAGE_TOO_LARGE)
    try:
        fields = _json_object(message.body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _unreadable(message, Code.INVALID_ENCODING)
    except (_NotJsonError, json.JSONDecodeError, RecursionError):
        return _unreadable(message, Code.INVALID_JSON)
    return _validated(message, fields)


def contract_warnings(message: ReceivedMessage, request: ChangeRequest) -> tuple[WarningCode, ...]:
    """Names what a producer should put right: its message runs all the same, the watermark keeps it safe."""
    found = []
    if message.original_message_id != request.request_id:
        found.append(WarningCode.MESSAGE_ID_MISMATCH)
    if message.session_id != request.user.session_id:
        found.append(WarningCode.SESSION_MISMATCH)
    return tuple(found)


def _json_object(text: str) -> dict[str, Any]:
    value = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    if not isinstance(value, dict):
        raise _NotJsonError
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _NotJsonError
    return fields


def _no_constant(_: str) -> None:
    raise _NotJsonError


def _validated(message: ReceivedMessage, fields: dict[str, Any]) -> ChangeRequest | Unreadable:
    version = fields.get("schemaVersion", "1.0")
    major = version.partition(".")[0] if isinstance(version, str) else ""
    if major.isdigit() and major != _SUPPORTED_MAJOR:
        return _unreadable(message, Code.SCHEMA_UNSUPPORTED, fields)
    try:
        return ChangeRequest.model_validate(fields)
    except ValidationError as fault:
        return _unreadable(message, Code.INVALID_REQUEST, fields, _described(fault))


def _described(fault: ValidationError) -> str:
    errors = fault.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(
        f"{'.'.join(str(part) for part in error['loc']) or 'request'}: {error['msg'].removeprefix('Value error, ')}"
        for error in errors
    )


def _unreadable(
    message: ReceivedMessage, code: Code, fields: dict[str, Any] | None = None, detail: str = ""
) -> Unreadable:
    claimed = (fields or {}).get("requestId")
    request_id = claimed if isinstance(claimed, str) and claimed else message.original_message_id
    return Unreadable(
        _NOT_IN_REQUEST_ID.sub("_", request_id)[:_REQUEST_ID_LENGTH] or "unnamed", code, detail or MESSAGES[code]
    )
