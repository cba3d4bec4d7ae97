"""What a tally counts by: a rule, and a department, country or manager. Pure."""

from dataclasses import asdict, dataclass, field
from typing import Final, Self

from shared.compliance.finding import Finding, Severity, Verdict
from shared.compliance.summary import GroupCount

ALL_OTHERS: Final = "all others"


@dataclass(slots=True)
class RuleTally:
    """How often one rule gave each answer."""

    compliant: int = 0
    violations: int = 0
    excused: int = 0
    unknown: int = 0
    gravest: Severity | None = None

    def count(self, finding: Finding) -> None:
        """Counts a finding."""
        if finding.verdict is Verdict.UNKNOWN:
            self.unknown += 1
            return
        if finding.excused_by:
            self.excused += 1
        else:
            self.violations += 1
        self._is_as_grave_as(finding.severity)

    def merge(self, other: Self) -> None:
        """Adds another one's figures."""
        for name in ("compliant", "violations", "excused", "unknown"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        if other.gravest is not None:
            self._is_as_grave_as(other.gravest)

    def _is_as_grave_as(self, severity: Severity) -> None:
        if self.gravest is None or severity.rank < self.gravest.rank:
            self.gravest = severity


@dataclass(slots=True)
class GroupTally:
    """What concerns one department, country or manager."""

    name: str = ""
    people: int = 0
    phone_only: int = 0
    no_method: int = 0
    violations: int = 0
    unknown: int = 0

    def count(self, finding: Finding) -> None:
        """Counts a finding, unless it is excused."""
        if finding.verdict is Verdict.UNKNOWN:
            self.unknown += 1
        elif not finding.excused_by:
            self.violations += 1

    def merge(self, other: Self) -> None:
        """Adds another one's figures."""
        self.name = min(filter(None, (self.name, other.name)), default="")
        for name in ("people", "phone_only", "no_method", "violations", "unknown"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def counted(self, key: str, *, by_id: bool) -> GroupCount:
        """Gives the figures as the summary has them."""
        return GroupCount(name=self.name if by_id else key, id=key if by_id else "", **self.figures())

    def figures(self) -> dict[str, int]:
        """Gives the figures by their names."""
        return {name: figure for name, figure in asdict(self).items() if name != "name"}


@dataclass(slots=True)
class Groups:
    """The groups of one kind, by name, or by object id."""

    by_id: bool = False
    tallies: dict[str, GroupTally] = field(default_factory=dict)

    def of(self, key: str, name: str = "") -> GroupTally:
        """Gives the group of a key. Of several names that one manager has, the first by letters counts."""
        found = self.tallies.get(key)
        if found is None:
            found = self.tallies[key] = GroupTally(name=name)
        elif name and (not found.name or name < found.name):
            found.name = name
        return found

    def merge(self, other: Self) -> None:
        """Adds another one's groups."""
        for key, tally in other.tallies.items():
            self.of(key).merge(tally)

    def largest(self, limit: int) -> tuple[GroupCount, ...]:
        """Gives those with most people to talk to first, and what is left as `all others`; limit + 1 at most."""
        counted = [tally.counted(key, by_id=self.by_id) for key, tally in self.tallies.items()]
        counted.sort(key=_to_talk_to)
        if len(counted) <= limit:
            return tuple(counted)
        others = GroupTally(name=ALL_OTHERS)
        for each in counted[limit:]:
            others.merge(GroupTally(ALL_OTHERS, **each.model_dump(exclude={"name", "id"})))
        return (*counted[:limit], others.counted(ALL_OTHERS, by_id=False))


def _to_talk_to(group: GroupCount) -> tuple[int, int, int, str, str]:
    urgent = group.phone_only + group.no_method
    return (-urgent, -group.violations, -group.people, group.name, group.id)
