from datetime import UTC, datetime

import pytest

from local.host.ncrontab import is_frequent, parse_schedule

MONDAY = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "occurrences"),
    [
        ("*/15 * * * * *", ["2026-11-23 09:00:45", "2026-11-23 09:01:00"]),
        ("0 */5 * * * *", ["2026-11-23 09:05:00", "2026-11-23 09:10:00"]),
        ("0 30 9 * * 1-5", ["2026-11-23 09:30:00", "2026-11-24 09:30:00"]),
        ("0 0 2 * * Sun", ["2026-11-29 02:00:00", "2026-12-06 02:00:00"]),
        ("0 0 0 1 Jan *", ["2027-01-01 00:00:00", "2028-01-01 00:00:00"]),
        ("30 10 * * 0", ["2026-11-29 10:30:00", "2026-12-06 10:30:00"]),
        ("5,35 59 8-10/2 * * *", ["2026-11-23 10:59:05", "2026-11-23 10:59:35"]),
        ("0 50/5 * * * *", ["2026-11-23 09:50:00", "2026-11-23 09:55:00"]),
        ("00:00:05", ["2026-11-23 09:00:35", "2026-11-23 09:00:40"]),
        ("1.00:00:00", ["2026-11-24 09:00:30", "2026-11-25 09:00:30"]),
    ],
)
def test_a_schedule_occurs_when_ncrontab_says(schedule: str, occurrences: list[str]) -> None:
    parsed = parse_schedule(schedule)
    first = parsed.next_after(MONDAY)
    second = parsed.next_after(first)
    assert [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (first, second)] == occurrences


def test_in_ncrontab_both_day_fields_must_match() -> None:
    assert f"{parse_schedule('0 0 0 13 * 5').next_after(MONDAY):%Y-%m-%d %a}" == "2027-08-13 Fri"


@pytest.mark.parametrize(
    ("schedule", "sentence"),
    [
        ("* * * *", "has 4 fields; NCRONTAB has 6"),
        ("0 0 0 30 2 *", "never occurs"),
        ("0 0 0 L * *", "'L' has no meaning there"),
        ("0 0 0 * * 7", "'7' has no meaning there"),
        ("0 0 0 * * 1#1", "'1#1' has no meaning there"),
        ("0 0 25 * * *", "is not NCRONTAB"),
        ("@daily", "is not a TimeSpan"),
        ("00:00:00", "is no distance between two runs"),
        ("-00:00:05", "is no distance between two runs"),
    ],
)
def test_what_is_no_schedule_is_refused(schedule: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_schedule(schedule)


@pytest.mark.parametrize(
    ("schedule", "frequent"),
    [("*/10 * * * * *", True), ("00:00:59", True), ("0 * * * * *", False), ("00:01:00", False)],
)
def test_a_timer_is_frequent_when_it_fires_more_than_once_a_minute(schedule: str, *, frequent: bool) -> None:
    assert is_frequent(parse_schedule(schedule)) is frequent
