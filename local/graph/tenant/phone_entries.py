"""Reads the phones of a user from the file."""

from collections.abc import Mapping
from typing import Any

from local.graph.phones.book import TYPE_OF_ID, Phone, PhoneBook, PhoneType, SmsSignInState
from local.graph.phones.numbers import taken_over
from local.graph.tenant.drafts import UserDraft, listed
from local.graph.tenant.file_faults import FaultList

TYPES = {phone_type.lower(): phone_type for phone_type in PhoneType}
STATES = {state.lower(): state for state in SmsSignInState}


def read_phones(draft: UserDraft, faults: FaultList, *, sms_sign_in: bool) -> PhoneBook:
    """Reads the phones, wherever the file has them, and makes each number one of Graph's format where it parses."""
    book = PhoneBook()
    region = draft.properties.get("usageLocation")
    for entry in _entries(draft, faults):
        phone = _phone(entry, str(region).upper() if region else None, faults, sms_sign_in=sms_sign_in)
        if phone is None:
            continue
        if book.get(phone.phone_type):
            faults.add(f"phoneMethods has two phones of type {phone.phone_type}")
        book = book.put(phone)
    return book


def _entries(draft: UserDraft, faults: FaultList) -> list[Any]:
    nested = draft.words.get("authentication")
    phones = listed(draft.words, "phoneMethods", faults)
    if not phones and isinstance(nested, Mapping):
        phones = listed(nested, "phoneMethods", faults)
    if len(phones) == 1 and isinstance(phones[0], Mapping) and {name.lower() for name in phones[0]} <= TYPES.keys():
        return [{"phoneType": name, "phoneNumber": number} for name, number in phones[0].items()]
    return phones or [entry for entry in listed(draft.words, "methods", faults) if is_phone(entry)]


def is_phone(entry: object) -> bool:
    """Tells whether an entry of `methods` is a phone, as it is in Graph's list of all methods."""
    return isinstance(entry, Mapping) and any(name.lower() == "phonenumber" for name in entry)


def _phone(entry: object, region: str | None, faults: FaultList, *, sms_sign_in: bool) -> Phone | None:
    if isinstance(entry, str):
        entry = {"phoneNumber": entry}
    if not isinstance(entry, Mapping):
        faults.add("phoneMethods must hold objects with phoneType and phoneNumber")
        return None
    words = {name.lower(): value for name, value in entry.items()}
    phone_type = _type(words, faults)
    number = words.get("phonenumber")
    if not isinstance(number, (str, int)) or isinstance(number, bool) or not str(number).strip():
        faults.add("a phone method has no phoneNumber")
        return None
    if phone_type is None:
        return None
    state = _state(words, phone_type, faults, sms_sign_in=sms_sign_in)
    return Phone(phone_type, taken_over(str(number), region), state)


def _type(words: Mapping[str, Any], faults: FaultList) -> PhoneType | None:
    written = words.get("phonetype")
    if written is None:
        return TYPE_OF_ID.get(str(words.get("id")).lower(), PhoneType.MOBILE)
    found = TYPES.get(str(written).lower())
    if found is None:
        faults.add(f"phoneType '{written}' is unknown; Graph has {', '.join(PhoneType)}")
    return found


def _state(words: Mapping[str, Any], phone_type: PhoneType, faults: FaultList, *, sms_sign_in: bool) -> SmsSignInState:
    written = words.get("smssigninstate")
    if written is None:
        return _usual_state(phone_type, sms_sign_in=sms_sign_in)
    found = STATES.get(str(written).lower())
    if found is None:
        faults.add(f"smsSignInState '{written}' is unknown; Graph has {', '.join(SmsSignInState)}")
    return found or SmsSignInState.NOT_CONFIGURED


def _usual_state(phone_type: PhoneType, *, sms_sign_in: bool) -> SmsSignInState:
    if phone_type is not PhoneType.MOBILE:
        return SmsSignInState.NOT_SUPPORTED
    return SmsSignInState.READY if sms_sign_in else SmsSignInState.NOT_ALLOWED_BY_POLICY
