"""Free text loses the numbers that stand in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.phone.redaction import redact


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("INC0012345", "INC0012345"),
        ("form 2026-11-23/17", "form 2026-11-23/17"),
        ("new phone 0151 23456789", "new phone **** ******89"),
        ("new: +49 (151) 234-567-89, thanks", "new: +** (***) ***-***-89, thanks"),
        ("call +44 9098 790 879", "call +** **** *** *79"),
        ("０１５１２３４５６７８９", "**********89"),
    ],
)
def test_the_requests_number_and_other_valid_numbers_are_masked_and_ticket_numbers_stay(text: str, clean: str) -> None:
    assert redact(text, ["+49 151 23456789"]) == clean


digits = st.text("0123456789", min_size=8, max_size=13).filter(lambda number: number[-7:].strip("0"))
separators = st.sampled_from(["", " ", "-", ".", "/", " - ", ") "])


@given(st.data(), digits, st.text(max_size=20), st.text(max_size=20))
def test_however_the_number_is_separated_it_does_not_get_through(
    data: st.DataObject, number: str, before: str, after: str
) -> None:
    written = "".join(digit + data.draw(separators) for digit in number)
    clean = redact(f"{before} {written} {after}", [number])
    assert number not in re.sub(r"\D", "", clean.replace("*", "x"))
