"""The change request's contract, and what makes two requests the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.messages.change_request import ChangeRequest
from shared.messages.decode import Unreadable, decode
from shared.messages.fingerprint import fingerprint
from shared.phone.phone_type import PhoneType
from tests.fakes.world import KEY, NEW_AS_WRITTEN, World

GOLDEN = Path(__file__).parent.parent / "golden"


def parsed(**fields: Any) -> ChangeRequest:
    return ChangeRequest.model_validate(World().request(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"requestId": ""},
        {"requestId": "a b"},
        {"requestId": "a" * 129},
        {"operation": "replace"},
        {"user": {}},
        {"user": {"id": "anna"}},
        {"user": {"userPrincipalName": "anna"}},
        {"user": {"userPrincipalName": "a@b", "employeeId": "1"}},
        {"phoneType": "fax"},
        {"phoneNumber": None},
        {"phoneNumber": ""},
        {"phoneNumber": 15123456789},
        {"phoneNumber": "1" * 65},
        {"region": "Germany"},
        {"requestedBy": " "},
        {"reason": None},
        {"requestedAt": None},
        {"requestedAt": "2026-11-23T09:00:00"},
        {"requestedAt": 1764000000},
        {"expiresAt": "2026-11-23T08:00:00Z"},
        {"dryRun": "false"},
        {"operation": "remove"},
        {"operation": "remove", "phoneNumber": None, "ifCurrent": NEW_AS_WRITTEN},
    ],
)
def test_what_the_contract_does_not_allow_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        parsed(**fields)


def test_set_means_mobile_and_remove_means_all_where_no_phone_type_is_given() -> None:
    assert parsed().phone_types == (PhoneType.MOBILE,)
    assert parsed(operation="remove", phoneNumber=None).phone_types == tuple(PhoneType)


def test_the_session_is_the_user_key_in_lower_case() -> None:
    assert parsed(user={"userPrincipalName": "Anna@Contoso.example"}).user.session_id == "anna@contoso.example"


def test_explicit_nulls_are_as_good_as_absent_fields() -> None:
    user = {"id": None, "userPrincipalName": None, "employeeId": "E-1"}
    assert parsed(user=user).user.value == "E-1"


def test_a_request_shows_its_number_nowhere() -> None:
    request = parsed(ifCurrent="+49 151 11112222")
    for shown in (str(request), repr(request), request.model_dump_json(), str(request.model_dump())):
        assert "2345" not in shown
        assert "1111" not in shown


@pytest.mark.parametrize(
    "other", [{"phoneNumber": "0151 11112222"}, {"dryRun": True}, {"reason": "INC-2"}, {"phoneType": "office"}]
)
def test_other_content_has_another_fingerprint(other: dict[str, Any]) -> None:
    assert fingerprint(parsed(), KEY) != fingerprint(parsed(**other), KEY)


def test_unknown_fields_and_the_offset_of_a_time_make_no_difference() -> None:
    base = fingerprint(parsed(requestedAt="2026-11-23T08:59:00Z"), KEY)
    assert base == fingerprint(parsed(requestedAt="2026-11-23T09:59:00+01:00", sentBy="x"), KEY)


def test_the_fingerprint_cannot_be_tried_out_without_the_key() -> None:
    assert fingerprint(parsed(), KEY) != fingerprint(parsed(), b"other key" * 4)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*World().request(), "expiresAt", "ifCurrent", "region", "x"]), json_values))
def test_any_json_object_is_a_request_or_unreadable_and_never_raises(fields: dict[str, Any]) -> None:
    world = World()
    body = json.dumps({**world.request(), **fields}).encode()
    found = decode(world.raw(body))
    assert isinstance(found, ChangeRequest | Unreadable)


@given(st.binary(max_size=200))
def test_any_bytes_are_unreadable_or_a_request_and_never_raise(body: bytes) -> None:
    assert isinstance(decode(World().raw(body)), ChangeRequest | Unreadable)


@given(st.text(max_size=60))
def test_an_unreadable_messages_id_can_be_a_key_whatever_it_claims(claimed: str) -> None:
    found = decode(World().raw(json.dumps({"requestId": claimed}).encode(), "m-1"))
    assert isinstance(found, Unreadable)
    assert found.request_id
    assert not set(found.request_id) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-")


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("change-request-*.json")), ids=lambda file: file.stem)
def test_every_schema_version_ever_sent_is_still_understood(file: Path) -> None:
    found = decode(World().raw(file.read_bytes(), "HR-2026-000123"))
    assert isinstance(found, ChangeRequest) is not file.stem.endswith("unsupported")
