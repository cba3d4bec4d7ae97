"""Days and times as people write them, in the templates' languages. Times are UTC, and say so."""

from datetime import UTC, date, datetime

_MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
}  # fmt: skip
_AFTER_THE_DAY = {"en": "", "de": "."}


def day(value: date, language: str) -> str:
    """Gives a day, such as `1 February 2027` and `1. Februar 2027`."""
    return f"{value.day}{_AFTER_THE_DAY[language]} {_MONTHS[language][value.month - 1]} {value.year}"


def moment(value: datetime, language: str) -> str:
    """Gives a time to the minute, such as `23 November 2026, 09:30 UTC`."""
    in_utc = value.astimezone(UTC)
    return f"{day(in_utc.date(), language)}, {in_utc:%H:%M} UTC"
