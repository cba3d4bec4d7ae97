"""Figures as people write them. Pure."""

import math
from datetime import UTC, date, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE, _HOUR = 60, 3600


def number(value: int) -> str:
    """Gives a whole number with its thousands apart, such as `18,204`."""
    return f"{value:,}".replace("-", "\u2212")


def change(value: int) -> str:
    """Gives a difference with its sign; nothing has none."""
    return f"+{number(value)}" if value > 0 else number(value)


def share(value: float) -> str:
    """Gives a share in per cent, never better than it is: 99.96 % is no 100 %."""
    return f"{math.floor(round(value * 1000, 6)) / 10:.1f}".removesuffix(".0") + "\u202f%"


def counted(value: int, one: str, many: str) -> str:
    """Gives a number with its word, such as `1 person` and `412 people`."""
    return f"{number(value)} {one if value == 1 else many}"


def short_day(value: date) -> str:
    """Gives a day without its year, such as `26 Nov`."""
    return f"{value.day} {_MONTHS[value.month - 1]}"


def minute(value: datetime) -> str:
    """Gives a moment as tables show it, such as `2026-11-26 01:41`, in UTC."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"


def lasting(seconds: float) -> str:
    """Gives a duration in its two largest units, such as `2 h 5 min`, `41 min 12 s`, `8 s`."""
    whole = round(seconds)
    hours, minutes = whole // _HOUR, whole % _HOUR // _MINUTE
    if hours:
        return f"{number(hours)} h {minutes} min"
    return f"{minutes} min {whole % _MINUTE} s" if minutes else f"{whole} s"
