"""Counts while people are judged: what a run comes to, without keeping anybody. Pure.

Its size goes with the number of departments, countries and managers, never with that of people. Tallies of shares of
the people are written down as JSON and merged in any order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Final, Self

from pydantic import TypeAdapter

from shared.compliance.catalogue import CATALOGUE
from shared.compliance.counts import Groups, GroupTally, RuleTally
from shared.compliance.finding import ComplianceCode, Finding, Verdict
from shared.compliance.judging import Judgement
from shared.compliance.rows import Person
from shared.compliance.summary import Coverage, RuleCount
from shared.policy.model import Policy


@dataclass(slots=True)
class Tally:
    """What was counted so far."""

    rules: dict[ComplianceCode, RuleTally] = field(default_factory=dict)
    people: int = 0
    enabled: int = 0
    guests_left_out: int = 0
    known: int = 0
    from_report: int = 0
    read: int = 0
    unread: int = 0
    # Excused people among them.
    phone_only: int = 0
    no_method: int = 0
    few_methods: int = 0
    people_with_violations: int = 0
    # Phones whose number was read, and of which others may be holders.
    holders: int = 0
    departments: Groups = field(default_factory=Groups)
    countries: Groups = field(default_factory=Groups)
    managers: Groups = field(default_factory=lambda: Groups(by_id=True))

    @staticmethod
    def from_json(text: bytes) -> "Tally":
        """Reads what `to_json` wrote. Raises pydantic's ValidationError."""
        return _JSON.validate_json(text)

    def to_json(self) -> bytes:
        """Writes all figures."""
        return _JSON.dump_json(self)

    def add(self, person: Person, judgement: Judgement) -> None:
        """Counts one person."""
        self._count_seen(person, judgement)
        told = {each.code for each in judgement.findings if each.verdict is Verdict.VIOLATION}
        in_use = person.account_enabled is True
        without_method = in_use and judgement.usable_methods == 0 and not judgement.phone_only
        self.no_method += without_method
        self.few_methods += ComplianceCode.FEW_METHODS in told
        for group in self._groups_of(person):
            group.people += in_use
            group.phone_only += judgement.phone_only
            group.no_method += without_method
        for code in judgement.compliant:
            self._rule(code).compliant += 1
        violating = any(each.verdict is Verdict.VIOLATION and not each.excused_by for each in judgement.findings)
        self.add_findings(judgement.findings, int(violating))

    def leave_out(self, count: int = 1) -> None:
        """Counts guests whom policy does not check."""
        self.guests_left_out += count

    def add_findings(self, findings: Iterable[Finding], people: int = 0) -> None:
        """Counts findings; `people` is of how many of those whom they concern no violation was told before."""
        self.people_with_violations += people
        for finding in findings:
            self._rule(finding.code).count(finding)
            if finding.user_id:
                for group in self._groups_of(finding):
                    group.count(finding)

    def add_compliant(self, code: ComplianceCode, count: int) -> None:
        """Counts what keeps a rule and is nobody: an exception that does not expire soon."""
        self._rule(code).compliant += count

    def merge(self, other: Self) -> None:
        """Adds another one's figures."""
        for code, rule in other.rules.items():
            self._rule(code).merge(rule)
        for name in _FIGURES:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.departments.merge(other.departments)
        self.countries.merge(other.countries)
        self.managers.merge(other.managers)

    def coverage(self, needed_share: float) -> Coverage:
        """Gives how much of the tenant was seen; of an empty list of users, nothing."""
        return Coverage(
            people=self.people,
            enabled=self.enabled,
            guests_left_out=self.guests_left_out,
            known=self.known,
            from_report=self.from_report,
            read=self.read,
            unread=self.unread,
            share=self.known / self.people if self.people else 0.0,
            needed_share=needed_share,
        )

    def rule_counts(self, rules: Policy) -> tuple[RuleCount, ...]:
        """Gives each rule's figures, in the order of the codes, without those that policy switches off."""
        asked = (code for code in ComplianceCode if code not in rules.sweep.off)
        return tuple(self._rule_count(code, rules) for code in asked)

    def _rule_count(self, code: ComplianceCode, rules: Policy) -> RuleCount:
        rule = self.rules.get(code, RuleTally())
        compliant = rule.compliant
        if code is ComplianceCode.NUMBER_SHARED:
            # Nobody keeps it until all are seen: a phone of which no violation is told does.
            compliant = max(0, self.holders - rule.violations - rule.excused)
        usual = rules.sweep.severities.get(code, CATALOGUE[code].severity)
        return RuleCount(
            code=code,
            severity=rule.gravest or usual,
            compliant=compliant,
            violations=rule.violations,
            excused=rule.excused,
            unknown=rule.unknown,
        )

    def _count_seen(self, person: Person, judgement: Judgement) -> None:
        self.people += 1
        self.enabled += person.account_enabled is True
        # Whoever should have been read, and was not, is not known, whatever the report says.
        known = judgement.known and not judgement.unread
        self.known += known
        self.from_report += known and not judgement.read
        self.read += judgement.read
        self.unread += judgement.unread
        self.phone_only += judgement.phone_only
        self.holders += len(judgement.holders)

    def _groups_of(self, person: Person | Finding) -> tuple[GroupTally, GroupTally, GroupTally]:
        return (
            self.departments.of(person.department),
            self.countries.of(person.country),
            self.managers.of(person.manager_id, person.manager_name),
        )

    def _rule(self, code: ComplianceCode) -> RuleTally:
        found = self.rules.get(code)
        if found is None:
            found = self.rules[code] = RuleTally()
        return found


_FIGURES: Final = tuple(each.name for each in fields(Tally) if each.type is int)
_JSON: Final[TypeAdapter[Tally]] = TypeAdapter(Tally)
