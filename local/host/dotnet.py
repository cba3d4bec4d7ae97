"""Reads and writes times as .NET does, because the Functions host's settings and metadata are .NET's."""

import re
from datetime import UTC, datetime, timedelta

# DateTimeOffset.MaxValue: what the host sends as ExpiresAt for a message that never expires.
NEVER = "9999-12-31T23:59:59.9999999"

_TIMESPAN = re.compile(
    r"(?P<sign>-)?(?:(?P<days>\d+)\.)?(?P<hours>\d+):(?P<minutes>[0-5]?\d)(?::(?P<seconds>[0-5]?\d)(?:\.(?P<fraction>\d{1,7}))?)?"
)
_HOURS_OF_A_DAY = 24


def parse_timespan(text: str) -> timedelta:
    """Reads a TimeSpan such as `00:05:00`, `1.02:30:00` or `-00:00:00.0010000`.

    Raises ValueError for anything else, and for 24 hours or more: .NET takes `24:00:00` for 24 days.
    """
    match = _TIMESPAN.fullmatch(text.strip())
    if match is None:
        message = f"'{text}' is not a TimeSpan such as 00:05:00"
        raise ValueError(message)
    if int(match["hours"]) >= _HOURS_OF_A_DAY:
        message = f"'{text}' has {match['hours']} hours; write days in front, as in 1.00:00:00"
        raise ValueError(message)
    span = timedelta(
        days=int(match["days"] or 0),
        hours=int(match["hours"]),
        minutes=int(match["minutes"]),
        seconds=float(f"{match['seconds'] or 0}.{match['fraction'] or 0}"),
    )
    return -span if match["sign"] else span


def format_timespan(span: timedelta) -> str:
    """Writes a TimeSpan in whole seconds, such as `00:05:00`."""
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, _HOURS_OF_A_DAY)
    prefix = f"{days}." if days else ""
    return f"{prefix}{hours:02}:{minutes:02}:{seconds:02}"


def naive(moment: datetime) -> str:
    """Writes a moment in UTC without an offset, as Newtonsoft.Json writes `DateTimeOffset.DateTime`."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return text.rstrip("0").rstrip(".")


def with_offset(moment: datetime) -> str:
    """Writes a moment in UTC with its offset, as Newtonsoft.Json writes a `DateTimeOffset`."""
    return naive(moment) + "+00:00"
