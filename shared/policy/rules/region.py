"""Which regions' numbers may be used."""

from shared.codes import Code
from shared.phone.reading import ReadNumber
from shared.policy.facts import Facts, Finding


def check(facts: Facts) -> Finding | None:
    """Objects to a number of a blocked region, or of one that is not on the list where there is a list."""
    reading, regions = facts.reading, facts.policy.regions
    if not isinstance(reading, ReadNumber):
        return None
    if reading.region in regions.blocked:
        return Finding(Code.REGION_NOT_ALLOWED, f"Region {reading.region} is blocked.")
    if regions.allowed is not None and reading.region not in regions.allowed:
        return Finding(Code.REGION_NOT_ALLOWED, f"Region {reading.region} is not on the list.")
    return None
