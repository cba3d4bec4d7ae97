"""The findings as they are embedded in the page: arrays of numbers and a table of strings, as small as may be. Pure."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.compliance.catalogue import ENTRIES, Entry
from shared.compliance.finding import ComplianceCode, Finding, Severity, Verdict

# What a row shows as its verdict: a violation that policy excuses is told apart.
ANSWERS = ("violation", "excused", "unknown")
# What could end the element or begin markup, and line ends that old JavaScript knows.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def answer(finding: Finding) -> str:
    """Gives what a row shows as its verdict."""
    if finding.verdict is Verdict.UNKNOWN:
        return "unknown"
    return "excused" if finding.excused_by else "violation"


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Gives the gravest first: by severity, by what is certain, by rule, by person."""
    codes = {code: place for place, code in enumerate(ComplianceCode)}
    return sorted(
        findings,
        key=lambda each: (
            ANSWERS.index(answer(each)) == 1,
            each.severity.rank,
            ANSWERS.index(answer(each)),
            codes[each.code],
            each.display_name.casefold(),
            each.user_id,
            each.phone_type or "",
            each.evidence,
            _minutes(each.as_of),
        ),
    )


def embedded(findings: Sequence[Finding]) -> str:
    """Gives JSON that may stand in a script element. `page.js` reads it.

    `people` has six values a person, `rows` nine a finding, one after the other; most are places in `strings`.
    """
    strings = _Places[str]()
    people = _Places[tuple[str | int, ...]]()
    rows: list[int] = []
    severities, codes = tuple(Severity), [entry.code for entry in ENTRIES]
    for each in findings:
        rows += (
            codes.index(each.code),
            severities.index(each.severity),
            ANSWERS.index(answer(each)),
            people.place(_person(each, strings)),
            strings.place(each.evidence),
            strings.place(each.phone_type or ""),
            strings.place(each.source),
            _minutes(each.as_of),
            strings.place(each.excused_by),
        )
    content = {
        "rules": [_rule(entry) for entry in ENTRIES],
        "severities": severities,
        "answers": ANSWERS,
        "strings": strings.values,
        "people": [value for person in people.values for value in person],
        "rows": rows,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _rule(entry: Entry) -> list[object]:
    controls = [[str(control), control.words] for control in entry.controls]
    return [entry.code, entry.title, entry.advice, controls]


class _Places[T]:
    """Values, each kept once."""

    def __init__(self) -> None:
        self._places: dict[T, int] = {}

    def place(self, value: T) -> int:
        return self._places.setdefault(value, len(self._places))

    @property
    def values(self) -> list[T]:
        return list(self._places)


def _person(finding: Finding, strings: _Places[str]) -> tuple[str | int, ...]:
    return (
        finding.display_name,
        finding.user_principal_name,
        finding.user_id,
        strings.place(finding.department),
        strings.place(finding.country),
        strings.place(finding.manager_name),
    )


def _minutes(moment: datetime | None) -> int:
    """Gives whole minutes since 1970; 0 where there is no moment."""
    return int(moment.timestamp()) // 60 if moment else 0
