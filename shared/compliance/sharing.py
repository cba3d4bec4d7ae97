"""Judges one number by all who have it. Pure."""

from collections.abc import Sequence

from shared.compliance.finding import ComplianceCode, Finding, Source, Verdict
from shared.compliance.holder import Holder
from shared.compliance.judging import excused, severity_of
from shared.compliance.phone_words import phone_words
from shared.compliance.subject import Standards

_CODE = ComplianceCode.NUMBER_SHARED


def shared_findings(holders: Sequence[Holder], standards: Standards) -> tuple[Finding, ...]:
    """Gives a finding for each phone of one number, where more people have it than policy allows.

    Nobody is told who the others are: a report may be read by somebody's manager.
    """
    most = standards.rules.tripwires.users_per_number
    people = len({holder.user_id.casefold() for holder in holders})
    if most is None or people <= most or _CODE in standards.off:
        return ()
    each_once = {(holder.user_id.casefold(), holder.phone_type): holder for holder in holders}
    return tuple(_finding(each_once[key], people, most, standards) for key in sorted(each_once))


def newly_told(holders: Sequence[Holder], findings: Sequence[Finding]) -> int:
    """Counts the people among the findings of one number of whom no other violation is told.

    Who shares two numbers counts with each of them.
    """
    told = {holder.user_id for holder in holders if holder.told}
    return len({each.user_id for each in findings if not each.excused_by} - told)


def _finding(holder: Holder, people: int, most: int, standards: Standards) -> Finding:
    told = f"{people} people have the number of the {phone_words(holder.phone_type)} {holder.masked}".rstrip()
    evidence = f"{told}; policy allows {most}."
    excuse, remark = (holder.excused_by, "")
    if not excuse:
        excuse, remark = excused(_CODE, holder.user_id, holder.user_principal_name, standards)
    return Finding(
        code=_CODE,
        verdict=Verdict.VIOLATION,
        severity=severity_of(_CODE, standards),
        evidence=evidence + remark,
        user_id=holder.user_id,
        user_principal_name=holder.user_principal_name,
        display_name=holder.display_name,
        department=holder.department,
        country=holder.country,
        manager_id=holder.manager_id,
        manager_name=holder.manager_name,
        phone_type=holder.phone_type,
        source=Source.READING,
        as_of=holder.as_of,
        excused_by=excuse,
    )
