"""A user's methods are read whole, or not at all."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.compliance.rows import MethodsRead
from shared.graph.sweeping.phone_seen import Standard
from shared.graph.sweeping.user_methods import MaskedNumbersError, UnreadableMethodsError, methods_read
from shared.phone.phone_type import METHOD_IDS, PhoneType
from tests.unit.policy.facts import policy

AT = datetime(2026, 11, 26, 1, tzinfo=UTC)
STANDARD = Standard(policy(), (b"k" * 32,))
PREFIX = "#microsoft.graph."
PASSWORD = {"@odata.type": f"{PREFIX}passwordAuthenticationMethod", "id": "p", "password": None}
FIDO2 = {"@odata.type": f"{PREFIX}fido2AuthenticationMethod", "id": "f"}


def phone(phone_type: PhoneType, **changed: Any) -> dict[str, Any]:
    words = {"@odata.type": f"{PREFIX}phoneAuthenticationMethod", "id": METHOD_IDS[phone_type], "phoneType": phone_type}
    return {**words, "phoneNumber": "+44 7400123450", "smsSignInState": "ready", **changed}


def read(*entries: object, **more: object) -> MethodsRead:
    return methods_read("a", {"value": list(entries), **more}, AT, STANDARD)


def test_methods_are_named_by_type_without_password_and_phones() -> None:
    found = read(PASSWORD, phone(PhoneType.MOBILE), FIDO2, FIDO2)
    assert (found.user_id, found.read_at) == ("a", AT)
    assert found.methods == ("fido2AuthenticationMethod", "fido2AuthenticationMethod")
    assert [(each.phone_type, each.masked, each.sms_sign_in) for each in found.phones] == [
        (PhoneType.MOBILE, "+44 ********50", "ready")
    ]


def test_a_method_that_this_product_does_not_know_is_named() -> None:
    """Policy's rules decide what counts; what they never see they cannot tell of."""
    assert read({"@odata.type": f"{PREFIX}telepathyAuthenticationMethod"}).methods == ("telepathyAuthenticationMethod",)


def test_who_has_no_method_has_none() -> None:
    assert read(PASSWORD) == MethodsRead("a", AT)
    assert read() == MethodsRead("a", AT)


def test_the_order_of_the_answer_is_not_that_of_the_row() -> None:
    entries = [phone(PhoneType.OFFICE), FIDO2, phone(PhoneType.MOBILE), {"@odata.type": f"{PREFIX}a"}]
    assert read(*entries) == read(*reversed(entries))


@pytest.mark.parametrize("number", ["+XX XXXXXXX50", "+44 ********50", "•••50"])
def test_a_number_that_graph_masks_is_none_that_may_be_judged(number: str) -> None:
    with pytest.raises(MaskedNumbersError):
        read(phone(PhoneType.MOBILE, phoneNumber=number))


@pytest.mark.parametrize("number", [None, 5, ""], ids=repr)
def test_a_phone_without_a_readable_number_is_there(number: object) -> None:
    (found,) = read(phone(PhoneType.MOBILE, phoneNumber=number, smsSignInState=None)).phones
    assert (found.masked, found.is_well_written, found.sms_sign_in) == ("", False, "")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "",
        {},
        {"value": None},
        {"value": {}},
        {"value": [None]},
        {"value": [FIDO2], "@odata.nextLink": "https://graph.microsoft.com/v1.0/more"},
        {"value": [{"id": "x"}]},
        {"value": [{"@odata.type": None}]},
        {"value": [{"@odata.type": PREFIX}]},
        {"value": [phone(PhoneType.MOBILE, id="1")]},
        {"value": [phone(PhoneType.MOBILE, id=None)]},
        {"value": [phone(PhoneType.MOBILE), phone(PhoneType.MOBILE, phoneNumber="+44 7400123451")]},
    ],
    ids=lambda body: str(body)[:60],
)
def test_what_is_no_whole_list_says_nothing(body: object) -> None:
    """Failure guarded against: half a list taken for a user without a second method."""
    with pytest.raises(UnreadableMethodsError) as fault:
        methods_read("a", body, AT, STANDARD)
    assert "7400" not in repr(fault.value)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(["value", "id", "@odata.type"]), part),
    max_leaves=8,
)


@given(json)
def test_any_json_is_read_or_refused(body: object) -> None:
    try:
        assert isinstance(methods_read("a", body, AT, STANDARD), MethodsRead)
    except (UnreadableMethodsError, MaskedNumbersError):
        assert not (isinstance(body, dict) and body.get("value") == [])
