"""How the twin behaves: latency, stale reads, limits, licence, report lag. Set in the tenant file or at run time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from local.graph.exchange import JsonObject
from local.graph.limits import Limits, limits_as_json, read_limits
from local.graph.tenant.file_faults import FaultList


@dataclass(frozen=True)
class ThrottleLimit:
    """So many requests in so many seconds; without `retry_after` the rest of the window is named."""

    limit: int
    window_seconds: float
    retry_after: str | None = None


@dataclass(frozen=True)
class Switches:
    """The twin's behaviour. Reads see a write `stale_read_seconds` late, the report `report_lag_seconds` late.

    `throttling` is one limit over everything, `limits` are those of Graph's services. Links to pages end after
    `page_token_seconds`, never where it is None; of the log of requests the newest `request_log` are kept, or all.
    """

    latency_ms: tuple[float, float] = (0, 0)
    stale_read_seconds: float = 0
    throttling: ThrottleLimit | None = None
    limits: Limits | None = None
    premium: bool = True
    report_lag_seconds: float = 0
    page_token_seconds: float | None = None
    request_log: int | None = None
    seed: int = 0


class SwitchError(ValueError):
    """A switch has a value that it cannot have; the message says what it takes."""


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        message = "must be a number of at least 0"
        raise SwitchError(message)
    return float(value)


def _latency(value: object) -> tuple[float, float]:
    bounds = value if isinstance(value, list) else [value, value]
    try:
        low, high = (_seconds(bound) for bound in bounds)
    except (SwitchError, ValueError):
        low, high = 1, 0
    if low > high:
        message = "must be a number of milliseconds or [least, most]"
        raise SwitchError(message)
    return low, high


def _throttling(value: object) -> ThrottleLimit | None:
    if value is None:
        return None
    message = "must have limit (a whole number of at least 1) and windowSeconds (more than 0), and may have retryAfter"
    if not isinstance(value, Mapping) or value.keys() - {"limit", "windowSeconds", "retryAfter"}:
        raise SwitchError(message)
    limit, window, retry_after = value.get("limit"), value.get("windowSeconds"), value.get("retryAfter")
    if not isinstance(limit, int) or limit < 1 or not isinstance(window, (int, float)) or window <= 0:
        raise SwitchError(message)
    return ThrottleLimit(limit, float(window), None if retry_after is None else str(retry_after))


def _whole_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        message = "must be a whole number"
        raise SwitchError(message)
    return value


def _count(value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        message = "must be a whole number of at least 0, or null"
        raise SwitchError(message)
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        message = "must be true or false"
        raise SwitchError(message)
    return value


def _seconds_or_never(value: object) -> float | None:
    return None if value is None else _seconds(value)


READERS: dict[str, tuple[str, Callable[[object], object]]] = {
    "latencyMs": ("latency_ms", _latency),
    "staleReadSeconds": ("stale_read_seconds", _seconds),
    "throttling": ("throttling", _throttling),
    "limits": ("limits", read_limits),
    "premium": ("premium", _flag),
    "reportLagSeconds": ("report_lag_seconds", _seconds),
    "pageTokenSeconds": ("page_token_seconds", _seconds_or_never),
    "requestLog": ("request_log", _count),
    "seed": ("seed", _whole_number),
}


def read_switches(given: Mapping[str, Any], faults: FaultList, before: Switches | None = None) -> Switches:
    """Reads the switches that are given; the others stay as they were."""
    changes: dict[str, Any] = {}
    for name, value in given.items():
        if name not in READERS:
            faults.add(f"{name} is unknown; known are {', '.join(READERS)}")
            continue
        attribute, reader = READERS[name]
        try:
            changes[attribute] = reader(value)
        except ValueError as wrong:
            faults.add(f"{name} {wrong}")
    return replace(before or Switches(), **changes)


def switches_as_json(switches: Switches) -> JsonObject:
    """Writes the switches as the tenant file has them."""
    limit = switches.throttling
    throttling = limit and {
        "limit": limit.limit,
        "windowSeconds": limit.window_seconds,
        **({} if limit.retry_after is None else {"retryAfter": limit.retry_after}),
    }
    return {
        "latencyMs": list(switches.latency_ms),
        "staleReadSeconds": switches.stale_read_seconds,
        "throttling": throttling,
        "limits": limits_as_json(switches.limits),
        "premium": switches.premium,
        "reportLagSeconds": switches.report_lag_seconds,
        "pageTokenSeconds": switches.page_token_seconds,
        "requestLog": switches.request_log,
        "seed": switches.seed,
    }
