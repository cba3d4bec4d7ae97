"""What was planted in a generated tenant, and what a run must therefore find. The rules themselves are not asked."""

from typing import NamedTuple

from shared.compliance.finding import ComplianceCode, Verdict
from shared.phone.phone_type import PhoneType


class Planted(NamedTuple):
    """One finding that a run must have: about whom, what, which answer, which phone, excused by which exception."""

    user_id: str
    code: ComplianceCode
    verdict: Verdict = Verdict.VIOLATION
    phone_type: PhoneType | None = None
    excused_by: str = ""


class Seed(NamedTuple):
    """A finding that a kind of person brings along, whoever they are."""

    code: ComplianceCode
    verdict: Verdict = Verdict.VIOLATION
    phone_type: PhoneType | None = None

    def of(self, user_id: str, excused_by: str = "") -> Planted:
        """Gives it for one person."""
        return Planted(user_id, self.code, self.verdict, self.phone_type, excused_by)
