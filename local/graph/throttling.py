"""Why 429: so many requests in a window, and no more. Headers that tell how near the limit is."""

import math
from datetime import datetime

from local.graph.errors import ThrottledError
from local.graph.switches import ThrottleLimit

# Graph tells from here on: https://learn.microsoft.com/graph/throttling
TELLING_SHARE = 0.8
SCOPE = "Tenant_Application/ReadWrite/{app_id}/{tenant_id}"


class Throttle:
    """Counts requests in windows of a fixed length; a refused request does not lengthen the window."""

    def __init__(self) -> None:
        self._began: datetime | None = None
        self._count = 0

    def admit(self, limit: ThrottleLimit | None, now: datetime, app_id: str, tenant_id: str) -> dict[str, str]:
        """Counts a request and returns the headers that its answer gets.

        Raises `ThrottledError` with Retry-After for each request beyond the limit.
        """
        if limit is None:
            return {}
        if self._began is None or (now - self._began).total_seconds() >= limit.window_seconds:
            self._began, self._count = now, 0
        self._count += 1
        scope = {"x-ms-throttle-scope": SCOPE.format(app_id=app_id, tenant_id=tenant_id)}
        share = self._count / limit.limit
        if share > 1:
            rest = limit.window_seconds - (now - self._began).total_seconds()
            waiting = {"Retry-After": limit.retry_after or str(max(1, math.ceil(rest)))}
            raise ThrottledError(headers={**scope, **waiting, "x-ms-throttle-information": "ResourceUnitLimitExceeded"})
        return {"x-ms-throttle-limit-percentage": f"{share:.2f}"} if share >= TELLING_SHARE else {}


def resource_units(template: str, method: str, *, select: bool, expand: bool, top: int | None) -> int:
    """Returns what the directory counts a request as: https://learn.microsoft.com/graph/throttling-limits."""
    base = 2 if template == "/users" or "/transitiveMemberOf" in template else 1
    small_page = top is not None and top < 20  # noqa: PLR2004 - the figure is in the docs above
    return max(1, base + (method != "GET") - select + expand - small_page)
