from datetime import UTC, datetime, timedelta, timezone

import pytest

from local.host.dotnet import format_timespan, naive, parse_timespan, with_offset


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("00:05:00", timedelta(minutes=5)),
        ("00:00:00.80", timedelta(milliseconds=800)),
        ("1.02:30:00", timedelta(days=1, hours=2, minutes=30)),
        ("-00:00:00.0010000", timedelta(milliseconds=-1)),
        ("23:59", timedelta(hours=23, minutes=59)),
    ],
)
def test_a_timespan_is_read_as_dotnet_reads_it(text: str, span: timedelta) -> None:
    assert parse_timespan(text) == span


@pytest.mark.parametrize("text", ["", "5", "five minutes", "00:61:00", "00:00:00.12345678", "0 */5 * * * *"])
def test_what_is_no_timespan_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a TimeSpan"):
        parse_timespan(text)


def test_24_hours_are_refused_because_dotnet_takes_them_for_24_days() -> None:
    with pytest.raises(ValueError, match=r"write days in front, as in 1\.00:00:00"):
        parse_timespan("24:00:00")


@pytest.mark.parametrize("text", ["00:00:01", "00:30:00", "2.03:04:05"])
def test_a_timespan_is_written_as_it_is_read(text: str) -> None:
    assert format_timespan(parse_timespan(text)) == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 23, 9, 30, 5, 120_000, tzinfo=UTC), "2026-11-23T09:30:05.12"),
        (datetime(2026, 11, 23, 9, 30, 0, tzinfo=UTC), "2026-11-23T09:30:00"),
        (datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=2))), "2026-11-23T07:30:00"),
    ],
)
def test_a_moment_is_written_in_utc_without_trailing_zeros(moment: datetime, text: str) -> None:
    assert naive(moment) == text
    assert with_offset(moment) == text + "+00:00"
