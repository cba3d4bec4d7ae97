"""Step 2: turns a message's body into a change request, or another contract's value, or says why that cannot be."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from shared.codes import MESSAGES, Code, WarningCode
from shared.json_text import is_text
from shared.messages.change_request import ChangeRequest, holds_number
from shared.messages.received import ReceivedMessage
from shared.phone.redaction import redact
from shared.told_faults import told_faults

# A request has at most some 2 KB. Service Bus takes 256 KB, properties included: what comes near that could be neither
# put off nor parked, because a copy has more properties.
MAXIMUM_BYTES = 64 * 1024
_SUPPORTED_MAJOR = "1"
# As E.164 has it, with or without the plus sign.
_PERHAPS_NUMBER = re.compile(r"0{0,2}[0-9]{7,15}", re.ASCII)
_NO_NUMBERS = frozenset({"requestId", "requestedAt", "expiresAt", "approvalId", "holdId", "decidedAt"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that does not fit its contract; `detail` names the faults and holds no value of the message.

    `request_id` is what the message calls itself, empty where that is no id or names a phone number.
    """

    request_id: str
    code: Code
    detail: str


class _NotJsonError(ValueError):
    """The text is not one JSON object, strictly read."""


def decode(message: ReceivedMessage) -> ChangeRequest | Unreadable:
    """Decodes a change request strictly: UTF-8, one JSON object, no field twice, every field as the contract says."""
    return decode_as(ChangeRequest, message, "requestId")


def decode_as[T: BaseModel](contract: type[T], message: ReceivedMessage, id_field: str) -> T | Unreadable:
    """Decodes a message by a contract as strictly; `id_field` is the field in which the message names itself."""
    if len(message.body) > MAXIMUM_BYTES:
        return _unreadable(message, id_field, Code.MESSAGE_TOO_LARGE)
    try:
        fields = _json_object(message.body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _unreadable(message, id_field, Code.INVALID_ENCODING)
    except (ValueError, RecursionError):  # a number of 5,000 digits is a bare ValueError
        return _unreadable(message, id_field, Code.INVALID_JSON)
    if _is_of_another_version(fields):
        return _unreadable(message, id_field, Code.SCHEMA_UNSUPPORTED, fields)
    try:
        return contract.model_validate(fields)
    except ValidationError as fault:
        return _unreadable(message, id_field, Code.INVALID_REQUEST, fields, "; ".join(told_faults(fault, "request")))


def name_of(message: ReceivedMessage) -> str:
    """Names a message in logs: by its request id where that may be told, else by its place in the queue."""
    return decode(message).request_id or f"number {message.origin.sequence}"


def contract_warnings(message: ReceivedMessage, request: ChangeRequest) -> tuple[WarningCode, ...]:
    """Names what a producer should put right: its message runs all the same, the watermark keeps it safe."""
    found = []
    if message.origin.message_id != request.request_id:
        found.append(WarningCode.MESSAGE_ID_MISMATCH)
    if message.session_id != request.user.session_id:
        found.append(WarningCode.SESSION_MISMATCH)
    return tuple(found)


def _json_object(text: str) -> dict[str, Any]:
    value = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    if not isinstance(value, dict) or not is_text(value):
        raise _NotJsonError
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _NotJsonError
    return fields


def _no_constant(_: str) -> None:
    raise _NotJsonError


def _is_of_another_version(fields: dict[str, Any]) -> bool:
    version = fields.get("schemaVersion", "1.0")
    major = version.partition(".")[0] if isinstance(version, str) else ""
    return major.isdecimal() and major != _SUPPORTED_MAJOR


def _unreadable(
    message: ReceivedMessage, id_field: str, code: Code, fields: dict[str, Any] | None = None, detail: str = ""
) -> Unreadable:
    named = (fields or {}).get(id_field), message.origin.message_id
    written = _written(message, fields)
    request_id = next((str(name) for name in named if may_be_told(name, written)), "")
    return Unreadable(request_id, code, detail or MESSAGES[code])


def _written(message: ReceivedMessage, fields: dict[str, Any] | None) -> list[str]:
    """Gives everything in a message that might be a phone number: all of it where there are no fields."""
    if fields is None:
        text = message.body[:MAXIMUM_BYTES].decode(errors="ignore")
        return [text.replace(message.origin.message_id, "")] if message.origin.message_id else [text]
    return [str(value) for name, value in fields.items() if name not in _NO_NUMBERS]


def told_name(name: str) -> str:
    """Gives a name that nothing bears out as far as it may be told: one that may be a number is masked."""
    return name if may_be_told(name) else redact(name, ())


def may_be_told(name: object, written: Iterable[str] = ()) -> bool:
    """Says whether a name may stand in events and logs: a request id that is not a phone number itself."""
    if not isinstance(name, str) or not _REQUEST_ID.fullmatch(name) or _PERHAPS_NUMBER.fullmatch(name):
        return False
    return not any(holds_number(name, number) for number in written)
