"""Reads a user's methods as they stand in one answer of Graph: all of them, or none. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from shared.compliance.rows import MethodsRead, PhoneSeen
from shared.graph.sweeping.phone_seen import Standard, phone_seen
from shared.phone.phone_type import METHOD_IDS, PhoneType

_PREFIX = "#microsoft.graph."
_PHONE = "phoneAuthenticationMethod"
_PASSWORD = "passwordAuthenticationMethod"  # noqa: S105 - the name of a type
_PHONE_TYPES = {method_id: phone_type for phone_type, method_id in METHOD_IDS.items()}
_NEXT_LINK = "@odata.nextLink"
# How Graph shows a number to lesser roles; a single x stands before an extension.
_MASKED = re.compile(r"[*•]|x{2}", re.IGNORECASE)


class UnreadableMethodsError(Exception):
    """The answer is no whole list of methods, so it says nothing about the user."""


class MaskedNumbersError(Exception):
    """Graph shows the numbers masked: it is not what stands there, and says nothing about it."""


def methods_read(user_id: str, body: object, read_at: datetime, standard: Standard) -> MethodsRead:
    """Reads the answer's body. Raises UnreadableMethodsError and MaskedNumbersError, which repeat nothing of it.

    Types that this product does not know are named like all others: policy decides what counts.
    """
    entries = _entries(body)
    kinds = [_kind(entry) for entry in entries]
    phones = [_phone(entry, standard) for entry, kind in zip(entries, kinds, strict=True) if kind == _PHONE]
    if len({phone.phone_type for phone in phones}) < len(phones):
        raise UnreadableMethodsError
    names = sorted(kind for kind in kinds if kind not in {_PHONE, _PASSWORD})
    return MethodsRead(user_id, read_at, tuple(names), _in_order(phones))


def _entries(body: object) -> list[Mapping[str, object]]:
    """Gives the entries; a user's methods fit one page, and half a list must not pass for the whole."""
    entries = body.get("value") if isinstance(body, dict) and not body.get(_NEXT_LINK) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UnreadableMethodsError
    return entries


def _kind(entry: Mapping[str, object]) -> str:
    kind = entry.get("@odata.type")
    if not isinstance(kind, str) or not kind.removeprefix(_PREFIX):
        raise UnreadableMethodsError
    return kind.removeprefix(_PREFIX)


def _phone(entry: Mapping[str, object], standard: Standard) -> PhoneSeen:
    phone_type = _PHONE_TYPES.get(str(entry.get("id")).lower())
    if phone_type is None:
        raise UnreadableMethodsError
    number, state = entry.get("phoneNumber"), entry.get("smsSignInState")
    text = number if isinstance(number, str) else ""
    if _MASKED.search(text):
        raise MaskedNumbersError
    return phone_seen(phone_type, text, state if isinstance(state, str) else "", standard)


def _in_order(phones: Iterable[PhoneSeen]) -> tuple[PhoneSeen, ...]:
    """Sorts the phones, so that one user read twice is written down in the same way."""
    order = tuple(PhoneType)
    return tuple(sorted(phones, key=lambda phone: order.index(phone.phone_type)))
