"""In which order findings are told: violations before what is unknown, the gravest first, excused ones last. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from shared.compliance.finding import Finding, Severity, Verdict

_UNKNOWN = len(Severity)
_EXCUSED = 2 * len(Severity)
ORDERS = range(3 * len(Severity))


def order_of(finding: Finding) -> int:
    """Gives a finding's place among all: a figure of at most two digits."""
    if finding.excused_by:
        return _EXCUSED + finding.severity.rank
    return finding.severity.rank + (_UNKNOWN if finding.verdict is Verdict.UNKNOWN else 0)


def by_order(findings: Iterable[Finding]) -> Mapping[int, tuple[Finding, ...]]:
    """Sorts findings into groups, each in the order of rule, department and name."""
    groups: defaultdict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[order_of(finding)].append(finding)
    return {order: tuple(sorted(groups[order], key=_within)) for order in sorted(groups)}


def _within(finding: Finding) -> tuple[str, str, str, str, str]:
    kind = finding.phone_type or ""
    return (finding.code, finding.department.casefold(), finding.display_name.casefold(), finding.user_id, kind)
