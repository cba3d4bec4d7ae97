"""Which regions' numbers may be used."""

from collections.abc import Mapping

from shared.codes import Code
from shared.phone.reading import ReadNumber
from shared.policy.facts import Facts
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects to a number of a blocked region, or of one that is not on the list where there is a list."""
    reading, regions = facts.reading, facts.policy.regions
    if not isinstance(reading, ReadNumber):
        return None
    if reading.region in regions.blocked:
        return f"Region {reading.region} is blocked."
    if regions.allowed is not None and reading.region not in regions.allowed:
        return f"Region {reading.region} is not on the list."
    return None


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the number's region and both lists."""
    reading, regions = facts.reading, facts.policy.regions
    return {
        "numberRegion": reading.region if isinstance(reading, ReadNumber) else "none",
        "allowed": "every region" if regions.allowed is None else ", ".join(regions.allowed) or "none",
        "blocked": ", ".join(regions.blocked) or "none",
    }


RULE = Rule(Code.REGION_NOT_ALLOWED, objection, inputs)
