"""What a run found, held against what was planted: nothing may be missing, and nothing may be there besides."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from local.sweep_demo.planted import Planted
from shared.compliance.finding import ComplianceCode, Verdict
from shared.phone.phone_type import PhoneType


@dataclass(frozen=True, slots=True)
class Comparison:
    """How often each finding is too few, or too many."""

    planted: int
    found: int
    missing: Mapping[Planted, int]
    unexpected: Mapping[Planted, int]

    @classmethod
    def of(cls, planted: Iterable[Planted], found: Iterable[Planted]) -> Self:
        """Compares them; a finding that is told twice is one too many."""
        wanted, there = Counter(planted), Counter(found)
        return cls(wanted.total(), there.total(), wanted - there, there - wanted)

    @property
    def is_exact(self) -> bool:
        """Whether all was found, and no more."""
        return not self.missing and not self.unexpected

    def differences(self) -> Iterator[str]:
        """Tells each difference in a line, by code."""
        for what, findings in (("missing", self.missing), ("unexpected", self.unexpected)):
            for finding, times in sorted(findings.items(), key=str):
                phone = f" {finding.phone_type}" if finding.phone_type else ""
                excuse = f" excused by {finding.excused_by}" if finding.excused_by else ""
                often = f" {times} times" if times > 1 else ""
                about = finding.user_id or "policy"
                yield f"{what}: {finding.code} {finding.verdict}{phone}{excuse} of {about}{often}"


def found_in(lines: Iterable[str]) -> Iterator[Planted]:
    """Reads the findings of a report's JSON Lines."""
    for line in lines:
        yield _finding(json.loads(line))


def found_in_file(path: Path) -> Iterator[Planted]:
    """Reads findings.jsonl, a line at a time."""
    with path.open(encoding="utf-8") as file:
        yield from found_in(file)


def without_times(path: Path) -> Iterator[str]:
    """Gives the lines of findings.jsonl without the moments at which each was seen, which no two runs share."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            told = json.loads(line)
            told.pop("asOf", None)
            yield json.dumps(told, ensure_ascii=False)


def _finding(told: Mapping[str, Any]) -> Planted:
    phone = told.get("phoneType")
    return Planted(
        told["userId"],
        ComplianceCode(told["code"]),
        Verdict(told["verdict"]),
        PhoneType(phone) if phone else None,
        told.get("excusedBy") or "",
    )
