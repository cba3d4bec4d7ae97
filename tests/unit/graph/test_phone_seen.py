"""What the sweep keeps of a phone tells everything that a rule needs, and not the number."""

import dataclasses
from dataclasses import replace

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.compliance.rows import PhoneSeen
from shared.directory_user import DirectoryUser, StoredPhone, UserState
from shared.graph.sweeping.phone_seen import Standard, phone_seen
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.stale_reads import shows
from tests.unit.policy.facts import policy

KEYS = (b"k" * 32, b"older" * 8)
STANDARD = Standard(policy(blockedNumbers=["+4470", "+447400123456"]), KEYS)
ANNA = "00000000-0000-4000-8000-00000000000a"
NUMBER = "+44 7400123450"
EXAMPLES = [
    example
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    if (example := phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE))
]


ONE = PhoneNumber(44, "7400123450")
OTHER = PhoneNumber(44, "7400123451")


def seen(text: str, phone_type: PhoneType = PhoneType.MOBILE) -> PhoneSeen:
    return phone_seen(phone_type, text, "ready", STANDARD)


def test_a_number_is_masked_described_and_hashed() -> None:
    number = PhoneNumber(44, "7400123450")
    assert seen(NUMBER) == PhoneSeen(
        phone_type=PhoneType.MOBILE,
        masked="+44 ********50",
        number_hash=number.keyed_hash(KEYS[0]),
        mark_hashes=tuple(number.keyed_hash(key) for key in KEYS),
        region="GB",
        kind="mobile",
        sms_sign_in="ready",
    )


def test_what_a_change_left_is_known_again_under_each_key() -> None:
    """By the hash that the change itself writes down, and by which it knows its own write again."""
    state = UserState(DirectoryUser(ANNA, "anna@contoso.example"), (StoredPhone(PhoneType.MOBILE, OTHER),), (), ())
    for key in KEYS:
        assert shows(
            replace(state, phones=(StoredPhone(PhoneType.MOBILE, ONE),)), PhoneType.MOBILE, left(ONE, key), KEYS
        )
        assert left(ONE, key) in seen(NUMBER).mark_hashes
        assert not shows(state, PhoneType.MOBILE, left(ONE, key), KEYS)
        assert left(OTHER, key) not in seen(NUMBER).mark_hashes


def left(number: PhoneNumber, key: bytes) -> str:
    """What a watermark says after a change to this number."""
    return number.keyed_hash(key)


@pytest.mark.parametrize("text", ["", "none", "+44 ********50", "07400 123450", "+44 7400123450 or 51", "١٢٣٤٥"])
def test_a_text_that_is_no_number_is_there_without_one(text: str) -> None:
    """Also the masked number that Graph shows to lesser roles: it is not the number of somebody else."""
    assert seen(text) == PhoneSeen(PhoneType.MOBILE, is_well_written=False, sms_sign_in="ready")


def test_a_number_that_does_not_exist_is_masked_and_of_no_region() -> None:
    found = seen("+44 123")
    assert (found.masked, found.region, found.kind, bool(found.number_hash)) == ("+44 *23", "", "", True)


@pytest.mark.parametrize(
    ("text", "is_blocked"), [(NUMBER, False), ("+44 7400123456", True), ("+44 7012345678x1", True)]
)
def test_a_number_that_begins_like_a_blocked_one_is_blocked(text: str, *, is_blocked: bool) -> None:
    assert seen(text).is_blocked is is_blocked


@pytest.mark.parametrize(
    ("text", "is_well_written"),
    [
        (NUMBER, True),
        ("+44 1212345678x12", True),
        ("+447400123450", False),
        ("+44 7400 123450", False),
        ("+44  7400123450", False),
        ("+44 7400123450 ", False),
        ("+44 1212345678X12", False),
        ("+44 07400123450", False),
    ],
)
def test_only_graphs_format_is_well_written(text: str, *, is_well_written: bool) -> None:
    assert seen(text).is_well_written is is_well_written


def test_a_mobile_number_with_an_extension_is_the_same_phone_and_a_switchboards_is_not() -> None:
    assert seen(f"{NUMBER}x1").number_hash == seen(NUMBER).number_hash
    assert seen("+44 1212345678x1").number_hash != seen("+44 1212345678").number_hash


@given(st.sampled_from(EXAMPLES), st.sampled_from(["", " ", "-"]), st.text("0123456789", max_size=4))
def test_no_row_holds_a_clear_number(example: phonenumbers.PhoneNumber, gap: str, extension: str) -> None:
    national = phonenumbers.national_significant_number(example)
    text = f"+{example.country_code}{gap}{national}" + (f"x{extension}" if extension else "")
    found = seen(text)
    assert found.masked
    assert national not in repr(dataclasses.asdict(found))


@given(st.text(max_size=40))
def test_any_text_makes_a_row(text: str) -> None:
    assert seen(text).phone_type is PhoneType.MOBILE


def test_the_keys_show_in_no_repr() -> None:
    assert "kkkk" not in repr(STANDARD)
