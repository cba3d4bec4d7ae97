"""How much each of Graph's services takes in ten seconds from one application in one tenant, as Microsoft publishes it.

https://learn.microsoft.com/graph/throttling-limits. Not counted: quotas over minutes for writes, and those that hold
across tenants.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from local.graph.exchange import JsonObject
from local.graph.workloads import Workload

WINDOW_SECONDS = 10.0
PUBLISHED = "published"
REPORTS = 5
# The sizes of tenants: from so many users on, so many resource units.
UNITS_BY_USERS = ((501, 8_000), (50, 5_000), (0, 3_500))
WORDS = {
    "reportsPer10Seconds": "reports",
    "unitsPer10Seconds": "units",
    "methodsPer10Seconds": "methods",
}
EXPECTED = (
    f"must be null, '{PUBLISHED}', or an object that may have {', '.join(WORDS)}, whole numbers of at least 1 or null"
)


@dataclass(frozen=True)
class Limits:
    """What may be asked in ten seconds; None where the docs say it.

    The docs have no figure for `/users/{id}/authentication`: without one of our own its requests count as one unit of
    the directory's each.
    """

    reports: int | None = None
    units: int | None = None
    methods: int | None = None

    def counted_in(self, workload: Workload) -> Workload:
        """Tells whose limit a request counts for."""
        unknown = workload is Workload.METHODS and self.methods is None
        return Workload.IDENTITY if unknown else workload

    def most(self, workload: Workload, users: int) -> int | None:
        """Returns how much a service takes in a tenant of so many users; None where nothing is counted."""
        if workload is Workload.REPORTS:
            return self.reports or REPORTS
        if workload is Workload.IDENTITY:
            return self.units or next(units for least, units in UNITS_BY_USERS if users >= least)
        return self.methods if workload is Workload.METHODS else None


def read_limits(value: object) -> Limits | None:
    """Reads the switch. Raises ValueError where it cannot be."""
    if value is None:
        return None
    if value == PUBLISHED:
        return Limits()
    if not isinstance(value, Mapping) or value.keys() - WORDS.keys():
        raise ValueError(EXPECTED)
    return Limits(**{WORDS[word]: _figure(figure) for word, figure in value.items()})


def _figure(value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ValueError(EXPECTED)
    return value


def limits_as_json(limits: Limits | None) -> str | JsonObject | None:
    """Writes the switch as the tenant file has it."""
    if limits is None:
        return None
    own = {word: getattr(limits, name) for word, name in WORDS.items() if getattr(limits, name) is not None}
    return own or PUBLISHED
