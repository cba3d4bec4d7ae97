"""Why 429: so much in a window, and no more. Headers that tell how near the limit is."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from local.graph.errors import ThrottledError
from local.graph.limits import WINDOW_SECONDS, Limits
from local.graph.switches import ThrottleLimit
from local.graph.workloads import Workload

# Graph tells from here on: https://learn.microsoft.com/graph/throttling
TELLING_SHARE = 0.8
# Where the directory begins to refuse what may wait. The docs say that low priority goes first, not from where on.
LOW_PRIORITY_SHARE = 0.9
SCOPE = "Tenant_Application/ReadWrite/{app_id}/{tenant_id}"
EVERYTHING = "everything"


class Throttle:
    """Counts requests in windows of a fixed length; a refused request counts, but does not lengthen the window.

    That it counts is what the docs say: all requests accrue usage, so one who hammers stays locked out.
    """

    def __init__(self) -> None:
        self._began: datetime | None = None
        self._count = 0

    def admit(  # noqa: PLR0913 - one keyword per thing that a limit depends on
        self,
        limit: ThrottleLimit | None,
        now: datetime,
        app_id: str,
        tenant_id: str,
        *,
        units: int = 1,
        served_share: float = 1.0,
    ) -> dict[str, str]:
        """Counts a request and returns the headers that its answer gets.

        Raises `ThrottledError` with Retry-After for each request beyond `served_share` of the limit.
        """
        if limit is None:
            return {}
        if self._began is None or (now - self._began).total_seconds() >= limit.window_seconds:
            self._began, self._count = now, 0
        self._count += units
        scope = {"x-ms-throttle-scope": SCOPE.format(app_id=app_id, tenant_id=tenant_id)}
        share = self._count / limit.limit
        if share > served_share:
            rest = limit.window_seconds - (now - self._began).total_seconds()
            waiting = {"Retry-After": limit.retry_after or str(max(1, math.ceil(rest)))}
            raise ThrottledError(headers={**scope, **waiting, "x-ms-throttle-information": "ResourceUnitLimitExceeded"})
        return {"x-ms-throttle-limit-percentage": f"{share:.2f}"} if share >= TELLING_SHARE else {}


@dataclass(frozen=True, slots=True)
class Demand:
    """What a request asks of whom, for whom."""

    workload: Workload
    units: int
    low_priority: bool
    app_id: str
    tenant_id: str


class Throttles:
    """Every limit that a request may meet: the one over everything, and each service's own. Counts what it refuses."""

    def __init__(self) -> None:
        self.refused: Counter[str] = Counter()
        self._whole = Throttle()
        self._by_workload = {workload: Throttle() for workload in Workload}

    def admit(
        self, demand: Demand, whole: ThrottleLimit | None, limits: Limits | None, users: int, now: datetime
    ) -> dict[str, str]:
        """Counts a request for all its limits; raises `ThrottledError` where one of them is reached."""
        headers = self._counted(EVERYTHING, self._whole, whole, now, demand)
        if limits is None:
            return headers
        workload = limits.counted_in(demand.workload)
        most = limits.most(workload, users)
        limit = None if most is None else ThrottleLimit(most, WINDOW_SECONDS)
        return headers | self._counted(workload, self._by_workload[workload], limit, now, demand)

    def _counted(
        self, name: str, throttle: Throttle, limit: ThrottleLimit | None, now: datetime, demand: Demand
    ) -> dict[str, str]:
        """Counts units for the directory and requests for the others.

        Only the directory looks at the priority: it alone documents the header, and that low priority goes first. That
        low means from nine tenths of the limit on is our reading, as is that high and normal are served alike.
        """
        directory = name == Workload.IDENTITY
        try:
            return throttle.admit(
                limit,
                now,
                demand.app_id,
                demand.tenant_id,
                units=demand.units if directory else 1,
                served_share=LOW_PRIORITY_SHARE if directory and demand.low_priority else 1.0,
            )
        except ThrottledError:
            self.refused[name] += 1
            raise
