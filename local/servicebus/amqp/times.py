"""Times as they travel: milliseconds since 1970, and .NET's ticks in what Service Bus added to AMQP."""

from datetime import UTC, datetime, timedelta

from local.servicebus.amqp.types import Timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LATEST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND
_TICKS_BEFORE_EPOCH = 621_355_968_000_000_000
_TICKS_PER_MICROSECOND = 10


def from_milliseconds(told: int) -> datetime:
    """Reads a timestamp; what Python cannot hold becomes the last moment of 9999, as .NET has it."""
    return _EPOCH + timedelta(milliseconds=max(0, min(told, _LATEST)))


def to_timestamp(when: datetime) -> Timestamp:
    """Writes a timestamp."""
    return Timestamp((when - _EPOCH) // _MILLISECOND)


def to_ticks(when: datetime) -> int:
    """Writes a .NET DateTime: units of 100 ns since the year 1."""
    return _TICKS_BEFORE_EPOCH + (when - _EPOCH) // timedelta(microseconds=1) * _TICKS_PER_MICROSECOND
