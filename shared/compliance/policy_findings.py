"""What is found in policy itself: exceptions that are about to expire. Pure."""

from shared.compliance.finding import ComplianceCode, Finding, Source, Verdict
from shared.compliance.judging import severity_of
from shared.compliance.subject import Standards
from shared.exception_report.ending import expiring
from shared.policy.exceptions import PolicyException

_CODE = ComplianceCode.EXCEPTION_EXPIRING


def policy_findings(standards: Standards) -> tuple[Finding, ...]:
    """Gives what concerns nobody in person."""
    if _CODE in standards.off:
        return ()
    return tuple(_finding(each, standards) for each in expiring(standards.rules, standards.now.date()))


def holding_on(standards: Standards) -> int:
    """Counts the exceptions that hold and do not expire soon: those that comply."""
    day = standards.now.date()
    holding = sum(each.holds_on(day) for each in standards.rules.exceptions)
    return 0 if _CODE in standards.off else holding - len(expiring(standards.rules, day))


def _finding(exception: PolicyException, standards: Standards) -> Finding:
    left = (exception.expires - standards.now.date()).days
    days = "this is its last day" if left == 0 else f"{left} day{'s' * (left != 1)} left"
    evidence = f"Exception {exception.id} expires on {exception.expires}: {days}."
    return Finding(_CODE, Verdict.VIOLATION, severity_of(_CODE, standards), evidence, source=Source.POLICY)
