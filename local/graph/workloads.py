"""Which of Graph's services a request goes to: each has limits of its own."""

from collections.abc import Mapping
from enum import StrEnum

# https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits
BASE_COSTS = {"/users": 2, "/groups/{group-id}/transitiveMembers": 5}
MEMBERSHIPS_COST = 2
SMALL_PAGE = 20


class Workload(StrEnum):
    """A service behind Graph."""

    IDENTITY = "identity"
    METHODS = "methods"
    REPORTS = "reports"
    MAIL = "mail"
    GATEWAY = "gateway"


def workload_of(template: str) -> Workload:
    """Tells who answers a path. Role management is no row of its own in the docs; it counts as the directory's."""
    if template.startswith("/reports/"):
        return Workload.REPORTS
    if "/authentication/" in template:
        return Workload.METHODS
    if template.endswith("/sendMail"):
        return Workload.MAIL
    return Workload.GATEWAY if template == "/$batch" else Workload.IDENTITY


def cost_of(template: str, method: str, query: Mapping[str, str]) -> int:
    """Returns what the directory counts a request as, by the query as it came."""
    given = {name.lower().removeprefix("$"): value for name, value in query.items()}
    top = given.get("top", "")
    return resource_units(
        template,
        method,
        select="select" in given,
        expand="expand" in given,
        top=int(top) if top.isascii() and top.isdecimal() else None,
    )


def resource_units(template: str, method: str, *, select: bool, expand: bool, top: int | None) -> int:
    """Returns what the directory counts a request as, at least one unit."""
    small_page = top is not None and top < SMALL_PAGE
    return max(1, _base_cost(template) + (method != "GET") - select + expand - small_page)


def _base_cost(template: str) -> int:
    if "/transitiveMemberOf" in template:
        return MEMBERSHIPS_COST
    # A cast to a type costs what the list without it does.
    return BASE_COSTS.get(template.partition("/microsoft.graph.")[0], 1)
