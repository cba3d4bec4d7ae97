"""What a rule is asked about, and what it answers. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.compliance.finding import ComplianceCode, Severity, Source, Verdict
from shared.compliance.known_methods import KnownMethods, known_methods
from shared.compliance.rows import MethodsRead, PhoneSeen
from shared.compliance.subject import Standards, Subject
from shared.phone.phone_type import PhoneType


@dataclass(frozen=True, slots=True)
class Case:
    """One person before the rules."""

    subject: Subject
    standards: Standards
    methods: KnownMethods

    @property
    def phones(self) -> tuple[PhoneSeen, ...] | None:
        """The phones with what was read of them; None where they were not read."""
        reading = self.subject.reading
        return reading.phones if isinstance(reading, MethodsRead) else None

    @property
    def is_disabled(self) -> bool:
        """Whether the account is certainly disabled."""
        return self.subject.person.account_enabled is False

    @property
    def only_phone(self) -> bool:
        """Whether a phone is certainly the only method, working or not, of an account that may be in use."""
        return self.methods.has_phone and self.methods.most == 0 and not self.is_disabled


@dataclass(frozen=True, slots=True)
class Told:
    """One answer that is told: a violation, or what cannot be known."""

    verdict: Verdict
    evidence: str
    # What it goes by: the methods, unless it says otherwise.
    source: Source | None = None
    phone_type: PhoneType | None = None
    # Where it is not the code's usual one; policy's own word counts before it.
    severity: Severity | None = None


# None: the rule does not concern the person; empty: the person complies.
type Answer = tuple[Told, ...] | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    code: ComplianceCode
    ask: Callable[[Case], Answer]


COMPLIANT: Answer = ()


def case_of(subject: Subject, standards: Standards) -> Case:
    """Brings a person before the rules."""
    return Case(subject, standards, known_methods(subject, standards))


def violation(
    evidence: str,
    *,
    source: Source | None = None,
    phone_type: PhoneType | None = None,
    severity: Severity | None = None,
) -> Answer:
    """Gives the answer of one violation."""
    return (Told(Verdict.VIOLATION, evidence, source, phone_type, severity),)


def unknown(evidence: str, *, source: Source | None = None, phone_type: PhoneType | None = None) -> Answer:
    """Gives the answer of one thing that cannot be known."""
    return (Told(Verdict.UNKNOWN, evidence, source, phone_type),)


def of_enabled(case: Case, answer: Answer) -> Answer:
    """Keeps an answer to accounts in use: a disabled one is of no concern, and who may be one is in doubt."""
    if case.is_disabled:
        return None
    if case.subject.person.account_enabled is None and answer and answer[0].verdict is Verdict.VIOLATION:
        return unknown(f"{answer[0].evidence} But the directory does not say whether the account is enabled.")
    return answer
