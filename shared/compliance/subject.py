"""Whom a rule looks at, and what people are judged by. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.compliance.excuses import Excuses
from shared.compliance.finding import ComplianceCode
from shared.compliance.rows import Expected, Person, ProtectedPerson, Reading, Registered, Unavailable
from shared.directory_user import Undetermined
from shared.policy.model import Policy
from shared.policy.telephony import delivers


@dataclass(frozen=True, slots=True)
class Subject:
    """A person, with all that the run has seen of them."""

    person: Person
    # A row of the registration report; None where it has none, or has not been read.
    registered: Registered | None = None
    # The person's own methods; None where nobody asked.
    reading: Reading | None = None
    protected: ProtectedPerson | None = None
    expected: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True)
class Standards:
    """What people are judged by: policy, the day, and what the run cannot know at all."""

    rules: Policy
    now: datetime
    # Why the registration report cannot be read; None where it can.
    report: Unavailable | None = None
    # Why methods cannot be read one by one; None where they can.
    readings: Unavailable | None = None
    # What Graph refuses to tell about who is protected.
    undetermined: frozenset[Undetermined] = frozenset()
    # What follows from the above, worked out once: it is asked for each of 200,000 people.
    counted: frozenset[str] = field(init=False, repr=False, compare=False)
    phones_work: bool = field(init=False, repr=False, compare=False)
    off: frozenset[ComplianceCode] = field(init=False, repr=False, compare=False)
    excuses: Mapping[ComplianceCode, Excuses] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rules, day = self.rules, self.now.date()
        worked_out = {
            "counted": frozenset[str](rules.lock_out.counted_methods),
            "phones_work": delivers(rules.telephony, self.now),
            "off": frozenset(rules.sweep.off),
            "excuses": {code: Excuses.of(code, rules.exceptions, day) for code in ComplianceCode},
        }
        for name, value in worked_out.items():
            object.__setattr__(self, name, value)

    @property
    def days_left(self) -> int | None:
        """Days until Microsoft delivers no longer, 0 or less from then on; None where that is no matter."""
        telephony = self.rules.telephony
        return (telephony.retires_on - self.now.date()).days if telephony.mode == "microsoft" else None
