"""Days and times in mails are read at a glance, and mistaken by nobody."""

from datetime import date, datetime, timedelta, timezone

from shared.notify.dates import day, moment


def test_a_day_is_written_out_so_that_no_country_mistakes_it() -> None:
    assert day(date(2027, 2, 1), "en") == "1 February 2027"
    assert day(date(2027, 3, 31), "de") == "31. März 2027"


def test_a_time_is_told_in_utc_wherever_it_was_written() -> None:
    at = datetime(2027, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert moment(at, "en") == "31 December 2026, 23:30 UTC"
    assert moment(at, "de") == "31. Dezember 2026, 23:30 UTC"
