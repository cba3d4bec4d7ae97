"""How many methods a person can use, as far as that is known: at least, and at most. Pure.

A reading tells exactly, but for types that Graph lists in the report alone, such as hardware tokens. The report tells
kinds: whoever has two passkeys has one kind. Whoever stands in neither may have anything, and so may whoever has a
method of a name that this release does not know.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.compliance.finding import Source
from shared.compliance.method_names import GRAPH_NAMES, REPORT_ALONE, REPORT_NAMES, REPORT_PHONES
from shared.compliance.rows import MethodsRead, MethodsRefused, PhoneSeen, Registered
from shared.compliance.subject import Standards, Subject
from shared.phone.phone_type import PhoneType
from shared.policy.telephony import unreachable_because

_NOBODY_KNOWS = math.inf


@dataclass(frozen=True, slots=True)
class KnownMethods:
    """What is known of one person's methods. `least` and `most` do not count phones; all phones count once."""

    least: int
    most: float
    # None where it is not known whether there is a phone; empty where there is none.
    phones: tuple[PhoneType, ...] | None
    # Whether a phone is certainly, or perhaps, a way to sign in today.
    phone_works: bool
    phone_perhaps_works: bool
    # Names that count as none, and names that this release does not know.
    uncounted: tuple[str, ...] = ()
    unknown_names: tuple[str, ...] = ()
    source: Source | None = None
    as_of: datetime | None = None

    @property
    def has_phone(self) -> bool:
        """Whether a phone is certainly there."""
        return bool(self.phones)

    @property
    def may_have_phone(self) -> bool:
        """Whether a phone is there, for all that is known."""
        return self.phones is None or bool(self.phones)

    @property
    def usable_at_least(self) -> int:
        """How many usable methods there certainly are, phones among them."""
        return self.least + self.phone_works

    @property
    def usable_at_most(self) -> float:
        """How many usable methods there are at most, phones among them; infinite where nobody knows."""
        return self.most + self.phone_perhaps_works

    @property
    def usable(self) -> int | None:
        """How many usable methods there are; None where that is not known."""
        return self.usable_at_least if self.usable_at_least == self.usable_at_most else None


def known_methods(subject: Subject, standards: Standards) -> KnownMethods:
    """Gives what is known: by the reading, which is fresher, else by the report."""
    if isinstance(subject.reading, MethodsRead):
        return _read(subject.reading, subject.registered, standards)
    if subject.registered is not None and not _is_gone(subject):
        return _registered(subject.registered, standards)
    return KnownMethods(0, _NOBODY_KNOWS, None, phone_works=False, phone_perhaps_works=standards.phones_work)


def _is_gone(subject: Subject) -> bool:
    return isinstance(subject.reading, MethodsRefused) and subject.reading.is_gone


def _read(reading: MethodsRead, row: Registered | None, standards: Standards) -> KnownMethods:
    counted = [name for name in reading.methods if name in standards.counted]
    unlisted = _unlisted(reading, row) & standards.counted
    unknown = (*(name for name in reading.methods if name not in GRAPH_NAMES), *_unknown_names(row))
    works = any(is_reached(phone, standards) for phone in reading.phones)
    return KnownMethods(
        least=len(counted) + len(unlisted),
        most=_NOBODY_KNOWS if unlisted or unknown else len(counted),
        phones=tuple(phone.phone_type for phone in reading.phones),
        phone_works=works,
        phone_perhaps_works=works,
        uncounted=_once(name for name in reading.methods if name in GRAPH_NAMES and name not in standards.counted),
        unknown_names=_once(unknown),
        source=Source.READING,
        as_of=reading.read_at,
    )


def _unlisted(reading: MethodsRead, row: Registered | None) -> set[str]:
    """Gives the types that the report names, and that Graph does not list among a user's own methods."""
    names = REPORT_ALONE.intersection(row.methods) if row else ()
    return {REPORT_NAMES[name] for name in names} - set(reading.methods)


def _unknown_names(row: Registered | None) -> tuple[str, ...]:
    return tuple(name for name in row.methods if name not in REPORT_NAMES and name not in REPORT_PHONES) if row else ()


def _registered(row: Registered, standards: Standards) -> KnownMethods:
    """Every kind may stand for several methods; no number is known, so a phone perhaps works."""
    phones = tuple(REPORT_PHONES[name] for name in row.methods if name in REPORT_PHONES)
    others = [name for name in row.methods if name not in REPORT_PHONES]
    unknown = _unknown_names(row)
    kinds = {REPORT_NAMES[name] for name in others if name in REPORT_NAMES} & standards.counted
    return KnownMethods(
        least=len(kinds),
        most=_NOBODY_KNOWS if kinds or unknown else 0,
        phones=phones,
        phone_works=False,
        phone_perhaps_works=bool(phones) and standards.phones_work,
        uncounted=_once(
            name for name in others if name in REPORT_NAMES and REPORT_NAMES[name] not in standards.counted
        ),
        unknown_names=_once(unknown),
        source=Source.REPORT,
        as_of=row.reported_at,
    )


def is_reached(phone: PhoneSeen, standards: Standards) -> bool:
    """Says whether codes reach a phone whose number was read."""
    exists = bool(phone.masked and phone.kind)
    return exists and standards.phones_work and not unreachable_because(phone, standards.rules.telephony)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
