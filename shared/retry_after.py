"""Reads the Retry-After header (RFC 9110 §10.2.3): seconds or a date."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# RFC 9110 knows whole seconds only; some gateways send fractions.
_SECONDS = re.compile(r"[0-9]+(\.[0-9]*)?")
# Whoever asks for more means the same: not now.
LONGEST = 86_400.0


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Gives the seconds to wait, from 0 to a day; None where the header is absent or makes no sense."""
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), LONGEST)
    try:
        return min(max(_until(text, now), 0.0), LONGEST)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _until(value: str, now: datetime) -> float:
    moment = parsedate_to_datetime(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds()
