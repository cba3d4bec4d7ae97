"""What a rule answers about one user. There are three answers, and a finding is one of the two that need a person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.phone.phone_type import PhoneType


class ComplianceCode(StrEnum):
    """A stable snake_case word for each thing that the sweep checks; never renamed or used anew."""

    PHONE_ONLY = "phone_only"
    NO_METHOD = "no_method"
    FEW_METHODS = "few_methods"
    PROTECTED_ON_PHONE = "protected_on_phone"
    LEAVER_WITH_PHONE = "leaver_with_phone"
    NUMBER_INVALID = "number_invalid"
    NUMBER_FORMAT = "number_format"
    NUMBER_TYPE_NOT_ALLOWED = "number_type_not_allowed"
    REGION_NOT_ALLOWED = "region_not_allowed"
    NUMBER_BLOCKED = "number_blocked"
    NUMBER_UNDELIVERABLE = "number_undeliverable"
    NUMBER_SHARED = "number_shared"
    NUMBER_DRIFT = "number_drift"
    SMS_SIGN_IN = "sms_sign_in"
    EXCEPTION_EXPIRING = "exception_expiring"


class Verdict(StrEnum):
    """The three answers."""

    COMPLIANT = "compliant"
    VIOLATION = "violation"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How bad a violation is, the gravest first; an unknown has the severity that the violation would have."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """Gives 0 for the gravest."""
        return tuple(Severity).index(self)


class Source(StrEnum):
    """Where evidence comes from."""

    REPORT = "report"
    """The registration report: hours late, without numbers."""
    READING = "reading"
    """The user's own methods, read during the run."""
    DIRECTORY = "directory"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation, or what could not be known, about one user; about nobody where policy itself is meant.

    `evidence` is a sentence for people, with masked numbers; of an unknown it is the reason. What to do about it is the
    code's own advice (`shared.compliance.catalogue`).
    """

    code: ComplianceCode
    verdict: Verdict
    severity: Severity
    evidence: str
    user_id: str = ""
    user_principal_name: str = ""
    display_name: str = ""
    department: str = ""
    country: str = ""
    manager_id: str = ""
    manager_name: str = ""
    phone_type: PhoneType | None = None
    source: Source = Source.DIRECTORY
    as_of: datetime | None = None
    # The id of the exception of policy that excuses it; it is told all the same.
    excused_by: str = ""
