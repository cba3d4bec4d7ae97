"""What a row of Graph's JSON holds is looked at before it is believed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.graph.sweeping.json_calls import document_of, moment_of, text_of

AT = datetime(2026, 11, 25, 22, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-25T22:00:01Z", AT),
        ("2026-11-25T22:00:01.1234567Z", AT.replace(microsecond=123456)),
        ("2026-11-25T23:00:01+01:00", AT),
        ("2026-11-25T22:00:01", AT),
        ("0001-01-01T00:00:00+05:00", None),
        ("yesterday, at noon", None),
        ("", None),
        (None, None),
        (5, None),
    ],
    ids=str,
)
def test_a_moment_is_in_utc_or_not_known(text: object, moment: datetime | None) -> None:
    assert moment_of({"at": text}, "at") == moment


@given(st.dictionaries(st.sampled_from(["at"]), st.none() | st.booleans() | st.integers() | st.text()))
def test_any_value_is_read_as_a_text_and_a_moment_or_as_none(row: dict[str, object]) -> None:
    assert text_of(row, "at") == (row["at"] if isinstance(row.get("at"), str) else "")
    found = moment_of(row, "at")
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize("escape", [rb"\ud800", rb"\uDC00", rb"\uD83D"])
def test_half_a_character_in_a_name_becomes_a_question_mark(escape: bytes) -> None:
    """No file could hold it, and one name would stop the whole run."""
    read = document_of(b'{"displayName": "Ann' + escape + b'a", "department": "\\ud83d\\ude00 \xc3\xa4"}')
    assert read == {"displayName": "Ann?a", "department": "\U0001f600 \xe4"}
