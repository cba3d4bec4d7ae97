"""How each kind of row stands in a work file. Pure."""

from typing import Final

from pydantic import TypeAdapter

from shared.compliance.finding import Finding
from shared.compliance.holder import Holder
from shared.compliance.rows import Expected, Person, Protection, Reading, Registered, Unavailable
from shared.sweep.work_file import RowKind

PEOPLE: Final = RowKind[Person](Person, lambda row: row.user_id)
REGISTERED: Final = RowKind[Registered](Registered, lambda row: row.user_id)
READINGS: Final = RowKind[Reading](Reading, lambda row: row.user_id)
EXPECTED: Final = RowKind[Expected](Expected, lambda row: row.user_id)
# By the hash of the number, so that those who share one meet.
HOLDERS: Final = RowKind[Holder](Holder, lambda row: row.number_hash)
# All in one slot: they keep the order in which they are told.
FINDINGS: Final = RowKind[Finding](Finding, lambda _: "")

PROTECTION: Final[TypeAdapter[Protection]] = TypeAdapter(Protection)
UNAVAILABLE: Final[TypeAdapter[Unavailable]] = TypeAdapter(Unavailable)
