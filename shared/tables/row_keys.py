"""Row keys in the order of time, so that a window is a range of keys; and the hashes that keys are made of."""

import hashlib
from datetime import UTC, datetime

_MOMENT = "%Y%m%dT%H%M%S.%f"


def moment_key(at: datetime) -> str:
    """Gives a moment, to the microsecond and in UTC, as text that sorts as time does."""
    return at.astimezone(UTC).strftime(_MOMENT)


def moment_of(key: str) -> datetime:
    """Reads what `moment_key` wrote."""
    return datetime.strptime(key, _MOMENT).replace(tzinfo=UTC)


def hashed_key(text: str) -> str:
    """Gives SHA-256 in hex: of any text a key without the characters that no table key may hold."""
    return hashlib.sha256(text.encode()).hexdigest()
