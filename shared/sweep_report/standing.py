"""How people stand: every one of them in one part, which the ring at the top shows. Pure."""

from dataclasses import dataclass

from shared.compliance.finding import ComplianceCode
from shared.compliance.summary import GroupCount, Summary

_MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the people; `key` names its colour."""

    key: str
    label: str
    count: int
    share: float
    # The shares of the parts before it.
    start: float = 0.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A department, a country or a manager, and how many people there are to talk to."""

    name: str
    phone_only: int
    no_method: int
    violations: int
    people: int
    # In per cent of the longest bar.
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Bars:
    """The longest bars, and what is left out."""

    title: str
    # Which filter of the table a bar sets, and what stands for an empty name.
    field: str
    nobody: str
    # Whether bars count violations, because nobody is without a method or on a phone alone.
    is_violations: bool
    rows: tuple[Bar, ...]
    more: int


def standing(summary: Summary) -> tuple[Part, ...]:
    """Gives the parts, the best first; those who are excused are on a phone alone all the same."""
    rule = next((each for each in summary.rules if each.code is ComplianceCode.PHONE_ONLY), None)
    asked = rule.compliant + rule.violations + rule.excused + rule.unknown if rule else 0
    unknown = rule.unknown if rule and asked else summary.coverage.people - summary.coverage.known
    total = asked or summary.coverage.enabled
    others = max(0, total - unknown - summary.phone_only - summary.no_method)
    parts = (
        ("other", "Another method", others),
        ("phone", "Phone only", summary.phone_only),
        ("none", "No method", summary.no_method),
        ("unknown", "Not known", unknown),
    )
    everybody = sum(count for _, _, count in parts) or 1
    told, start = [], 0.0
    for key, label, count in parts:
        told.append(Part(key, label, count, count / everybody, start))
        start += count / everybody
    return tuple(told)


def bars(title: str, field: str, nobody: str, groups: tuple[GroupCount, ...]) -> Bars:
    """Gives the groups with the most people to talk to, the longest bar first."""
    is_violations = not any(group.phone_only or group.no_method for group in groups)

    def length(group: GroupCount) -> int:
        return group.violations if is_violations else group.phone_only + group.no_method

    concerned = sorted((each for each in groups if length(each)), key=lambda each: (-length(each), each.name, each.id))
    longest = length(concerned[0]) if concerned else 1
    return Bars(
        title=title,
        field=field,
        nobody=nobody,
        is_violations=is_violations,
        rows=tuple(
            Bar(
                name=each.name,
                phone_only=each.phone_only,
                no_method=each.no_method,
                violations=each.violations,
                people=each.people,
                first=_percent(each.violations if is_violations else each.phone_only, longest),
                second=0.0 if is_violations else _percent(each.no_method, longest),
            )
            for each in concerned[:_MOST_ROWS]
        ),
        more=max(0, len(concerned) - _MOST_ROWS),
    )


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2)
