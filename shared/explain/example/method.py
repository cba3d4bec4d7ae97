"""Phones and other methods as an example has them."""

from collections.abc import Mapping
from typing import get_args

from shared.directory_user import StoredPhone
from shared.explain.example.vocabulary import AUTHENTICATION, PHONE
from shared.explain.example.words import Words, named, read_words
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import METHOD_IDS, PhoneType
from shared.phone.reading import ReadNumber, read_number
from shared.policy.methods import Method

_SUFFIX = "AuthenticationMethod"
# What an ordinary user of a tenant has, where the file says nothing.
_USUAL = ("microsoftAuthenticator",)
_COUNTABLE: tuple[str, ...] = get_args(Method.__value__)
# Known, and no way to sign in with a second factor.
_OTHERS = tuple(f"{name}{_SUFFIX}" for name in ("password", "email", "temporaryAccessPass", "qrCodePin"))
_BY_SHORT_NAME = {name.removesuffix(_SUFFIX).lower(): name for name in (*_COUNTABLE, *_OTHERS)}
_NICKNAMES = {
    "authenticator": "microsoftauthenticator",
    "microsoftauthenticatorpush": "microsoftauthenticator",
    "microsoftauthenticatorpasswordless": "microsoftauthenticator",
    "fido": "fido2",
    "passkey": "fido2",
    "fido2securitykey": "fido2",
    "hello": "windowshelloforbusiness",
    "windowshello": "windowshelloforbusiness",
    "oath": "softwareoath",
    "softwareonetimepasscode": "softwareoath",
    "hardwareonetimepasscode": "hardwareoath",
    "tap": "temporaryaccesspass",
    "external": "external",
}
_TYPES = {phone_type.lower(): phone_type for phone_type in PhoneType}
_TYPE_OF_ID = {identity: phone_type for phone_type, identity in METHOD_IDS.items()}
# Not methods of their own for a decision: phones are told apart, and everyone has a password.
_NOT_TOLD = frozenset({f"password{_SUFFIX}", f"qrCodePin{_SUFFIX}"})


def read_phones(words: Words, region: str | None) -> tuple[StoredPhone, ...]:
    """Reads the phones; a number that cannot be read is there and is none, as with Graph."""
    found: dict[PhoneType, StoredPhone] = {}
    for entry in _phone_entries(words):
        phone = _phone(entry, region, words)
        if phone is not None and phone.phone_type in found:
            words.fault(f"phoneMethods has two phones of type {phone.phone_type}")
        if phone is not None:
            found[phone.phone_type] = phone
    return tuple(found.values())


def read_others(words: Words) -> tuple[str, ...]:
    """Reads the methods besides phones and the password, by Graph's names of their types."""
    source = words if "methods" in words.values else _nested(words)
    entries = source.listed("methods") if "methods" in source.values else list(_USUAL)
    names = [_method(entry, words) for entry in entries if not _is_phone(entry)]
    return tuple(name for name in names if name and name not in _NOT_TOLD)


def _nested(words: Words) -> Words:
    given = words.values.get("authentication")
    return read_words(
        given if given is not None else {}, f"{words.place}, authentication", AUTHENTICATION, words.faults
    )


def _phone_entries(words: Words) -> list[object]:
    entries = words.listed("phoneMethods") or _nested(words).listed("phoneMethods")
    if (
        len(entries) == 1
        and isinstance(entries[0], Mapping)
        and {str(name).lower() for name in entries[0]} <= _TYPES.keys()
    ):
        return [{"phoneType": name, "phoneNumber": number} for name, number in entries[0].items()]
    return entries or [entry for entry in words.listed("methods") if _is_phone(entry)]


def _is_phone(entry: object) -> bool:
    return isinstance(entry, Mapping) and any(str(name).lower() == "phonenumber" for name in entry)


def _phone(entry: object, region: str | None, words: Words) -> StoredPhone | None:
    fields = {"phoneNumber": entry} if isinstance(entry, str) else entry
    phone = read_words(fields, f"{words.place}, phone", PHONE, words.faults)
    written, text = phone.text("phoneType"), phone.text("phoneNumber")
    phone_type = _TYPES.get(written.lower()) if written else _TYPE_OF_ID.get(phone.text("id") or "", PhoneType.MOBILE)
    if phone_type is None:
        phone.fault(f"phoneType must be one of {', '.join(PhoneType)}")
    if text is None:
        phone.fault("has no phoneNumber")
    return StoredPhone(phone_type, _number(text, region)) if phone_type and text else None


def _number(text: str, region: str | None) -> PhoneNumber | None:
    reading = read_number(text, region)
    return reading.number if isinstance(reading, ReadNumber) else PhoneNumber.from_graph(text)


def _method(entry: object, words: Words) -> str | None:
    name = named(entry, "@odata.type", "type", "method", "name") or ""
    short = name.removeprefix("#").removeprefix("microsoft.graph.").removesuffix(_SUFFIX).lower()
    found = _BY_SHORT_NAME.get(_NICKNAMES.get(short, short))
    if found is None:
        known = ", ".join(method.removesuffix(_SUFFIX) for method in _BY_SHORT_NAME.values())
        words.fault(f"methods has {name or 'one without a type'}, which is none; known are {known}")
    return found
