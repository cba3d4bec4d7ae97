"""Reads the Retry-After header (RFC 9110 §10.2.3): seconds or a date."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Gives the seconds to wait, never less than 0; None where the header is absent or makes no sense."""
    if not value:
        return None
    try:
        return max(float(value), 0.0) if value.strip().isdigit() else _until(value, now)
    except (ValueError, OverflowError):
        return None


def _until(value: str, now: datetime) -> float:
    moment = parsedate_to_datetime(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)
