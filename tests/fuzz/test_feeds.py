"""Whatever file is given as a feed, every row becomes a message or is reported, or the start is refused."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.demo.feed import read_feed
from local.serving import CannotStartError
from tests.fakes.clock import START
from tests.fuzz.odd_inputs import FEEDS, SMALL, any_bytes, by_the_thousand, json_texts, mutated, seed

ROW: dict[str, Any] = {
    "requestId": "HR-1",
    "operation": "set",
    "employeeId": "E-1",
    "phoneNumber": "+49 151 23456789",
    "requestedBy": "workday",
    "reason": "REQ1",
    "requestedAt": "2026-11-23T08:00:00Z",
    "effectiveAt": "2026-11-24",
    "dryRun": "no",
}
NESTED = {**ROW, "user": {"userPrincipalName": "anna@contoso.example"}, "dryRun": True}
SUFFIXES = (".csv", ".tsv", ".jsonl", ".json")
HEADER, CELLS = ",".join(ROW), ",".join(map(str, ROW.values()))
CSV = f"{HEADER}\r\n{CELLS}\r\n"


def check(file: Path, body: bytes) -> None:
    """Reads a file; what becomes a message can be sent."""
    file.write_bytes(body)
    try:
        feed = read_feed(file, START)
    except CannotStartError:
        return
    assert feed.requests or feed.faults
    for request in feed.requests:
        assert 0 < len(request.session_id) <= 128
        assert json.dumps(request.body).encode()
        assert request.effective_at is None or request.effective_at.tzinfo is not None
    assert all(fault.reason for fault in feed.faults)


@SMALL
@given(st.sampled_from(SUFFIXES), any_bytes)
def test_any_file_is_a_feed_or_refused(tmp_path: Path, suffix: str, body: bytes) -> None:
    check(tmp_path / f"feed{suffix}", body)


@SMALL
@given(json_texts)
def test_any_json_is_a_feed_or_refused(tmp_path: Path, body: bytes) -> None:
    check(tmp_path / "feed.jsonl", body)


@SMALL
@given(st.sampled_from([ROW, NESTED]).flatmap(mutated), st.sampled_from([".jsonl", ".json"]))
def test_a_row_with_one_field_changed_is_a_message_or_reported(tmp_path: Path, fields: Any, suffix: str) -> None:
    check(tmp_path / f"feed{suffix}", json.dumps(fields).encode())


@SMALL
@given(st.lists(st.text(max_size=12), min_size=1, max_size=12), st.sampled_from(",;\t"))
def test_any_cells_below_the_header_are_messages_or_reported(tmp_path: Path, cells: list[str], sign: str) -> None:
    text = HEADER.replace(",", sign) + "\r\n" + sign.join(cells)
    check(tmp_path / "feed.csv", text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    ("suffix", "text"), [(".csv", CSV), (".jsonl", json.dumps(ROW)), (".jsonl", json.dumps(NESTED))]
)
def test_a_valid_row_is_a_message(tmp_path: Path, suffix: str, text: str) -> None:
    """Without this the tests around it could pass on refusals alone."""
    file = tmp_path / f"feed{suffix}"
    file.write_text(text, encoding="utf-8")
    assert len(read_feed(file, START).requests) == 1


@pytest.mark.long
def test_odd_files_by_the_thousand_are_feeds_or_refused(tmp_path: Path) -> None:
    rng = random.Random(seed())  # noqa: S311 - a seed, no secret
    for body in by_the_thousand((ROW, NESTED, CSV), FEEDS, rng):
        suffix = rng.choice(SUFFIXES)
        check(tmp_path / f"feed{suffix}", body)
