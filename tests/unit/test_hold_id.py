"""What an approval names: a hold's id, and the request that it tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messages.held_event import hold_id, request_of


@given(st.from_regex(r"[A-Za-z0-9._:\-]{1,128}", fullmatch=True), st.integers(1, 999_999))
def test_a_holds_id_tells_its_request_again(request_id: str, generation: int) -> None:
    assert request_of(hold_id(request_id, generation)) == request_id


@pytest.mark.parametrize(
    "other",
    ["", "HR-17", "HR-17:", ":held", "HR-17:held:", "HR-17:held:x", "HR-17:HELD", "HR-17:held\n", "HR-17:held:٢"],
)
def test_what_is_no_holds_id_tells_none(other: str) -> None:
    assert request_of(other) is None


def test_a_phone_number_passes_for_no_generation() -> None:
    """The answer to an approval repeats its hold's id."""
    assert request_of("HR-17:held:4915123456789") is None
