"""An answer that leaves something out is never read as: none."""

import json
from typing import Any

import pytest

from shared.directory_user import DirectoryRole, DirectoryUser, UserAmbiguous, UserState
from shared.errors import DirectoryUnavailableError
from shared.messages.change_request import UserKey
from shared.phone.phone_type import METHOD_IDS, PhoneType
from shared.plan import Remove
from shared.ports import WriteCertainty
from tests.contract.directory.conftest import ANNA, ASSIGNMENTS, ELIGIBLE, ELIGIBLE_GROUPS, GROUPS, Reach
from tests.contract.directory.far_end import OddReach, answer

ANNAS = UserKey(id=ANNA)
PHONES = f"/users/{ANNA}/authentication/phoneMethods"
METHODS = f"/users/{ANNA}/authentication/methods"
MEMBERSHIPS = f"/users/{ANNA}/transitiveMemberOf"
MOBILE = METHOD_IDS[PhoneType.MOBILE]
PHONE = {"id": MOBILE, "phoneType": "mobile", "phoneNumber": "+49 15123456780"}
PREFIX = "#microsoft.graph."


def said(document: Any) -> bytes:
    return answer(200, json.dumps(document))


async def state(odd: OddReach) -> UserState:
    found = await odd.directory.read_state(ANNAS)
    assert isinstance(found, UserState)
    return found


@pytest.mark.parametrize("document", [{}, {"@odata.context": "#x"}], ids=str)
@pytest.mark.parametrize("path", [PHONES, METHODS, MEMBERSHIPS, GROUPS, ASSIGNMENTS, ELIGIBLE, ELIGIBLE_GROUPS])
async def test_a_list_without_a_value_is_no_empty_list(odd: OddReach, path: str, document: dict[str, Any]) -> None:
    """Failure guarded against: `200 {}` read as no phones, no roles, no groups, no other method."""
    odd.far.says("GET", path, said(document))
    with pytest.raises(DirectoryUnavailableError, match="no `value`"):
        await odd.directory.read_state(ANNAS)


async def test_a_search_without_a_value_is_no_unknown_user(odd: OddReach) -> None:
    odd.far.says("GET", "/users", said({}))
    with pytest.raises(DirectoryUnavailableError, match="no `value`"):
        await odd.directory.read_state(UserKey(employeeId="7"))


@pytest.mark.parametrize(
    ("path", "entry", "why"),
    [
        (PHONES, {"phoneType": "mobile", "phoneNumber": "+49 15123456780"}, "id is none"),
        (PHONES, {**PHONE, "id": "00000000-0000-4000-8000-000000000001"}, "id is none"),
        (METHODS, {"id": "x"}, "without its type"),
        (MEMBERSHIPS, {"id": "x", "displayName": "Global Administrator"}, "without its type"),
        (MEMBERSHIPS, {"@odata.type": f"{PREFIX}group", "displayName": "Tier 0"}, "without its id"),
        (GROUPS, {"displayName": "Tier 0"}, "without its id"),
        (ELIGIBLE_GROUPS, {"accessId": "member", "principalId": ANNA}, "without the group's id"),
    ],
    ids=[
        "phone without an id",
        "phone of an unknown id",
        "method without a type",
        "membership without a type",
        "group without an id",
        "role-assignable group without an id",
        "eligibility for a group without an id",
    ],
)
async def test_an_entry_that_cannot_be_told_apart_stops_the_reading(
    odd: OddReach, path: str, entry: dict[str, Any], why: str
) -> None:
    odd.far.says("GET", path, said({"value": [entry]}))
    with pytest.raises(DirectoryUnavailableError, match=why):
        await odd.directory.read_state(ANNAS)


async def test_two_phones_of_one_type_stop_the_reading(odd: OddReach) -> None:
    odd.far.says("GET", PHONES, said({"value": [PHONE, PHONE]}))
    with pytest.raises(DirectoryUnavailableError, match="two phones"):
        await odd.directory.read_phones(ANNA)


@pytest.mark.parametrize(
    "user", [{"userPrincipalName": "a@b.c"}, {"id": ANNA}, {"id": 7, "userPrincipalName": "a@b.c"}, {}]
)
async def test_a_user_without_id_or_name_is_no_user(odd: OddReach, user: dict[str, Any]) -> None:
    odd.far.says("GET", f"/users/{ANNA}", said(user))
    with pytest.raises(DirectoryUnavailableError, match="without an id"):
        await odd.users.user(ANNA)


async def test_that_the_directory_does_not_say_whether_an_account_is_enabled_stays_unknown(odd: OddReach) -> None:
    assert (await state(odd)).user.account_enabled is None


async def test_a_role_that_may_not_be_read_is_kept_for_policy_to_see(odd: OddReach) -> None:
    odd.far.says("GET", MEMBERSHIPS, said({"value": [{"@odata.type": f"{PREFIX}directoryRole", "id": "x"}]}))
    assert (await state(odd)).roles == (DirectoryRole("", ""),)


async def test_an_unknown_type_of_method_never_counts_as_a_way_to_sign_in(odd: OddReach) -> None:
    names = ["fido2", "qrCodePin", "telepathy", "password", "email", "phone", "temporaryAccessPass"]
    methods = [{"@odata.type": f"{PREFIX}{name}AuthenticationMethod", "id": "x"} for name in names]
    odd.far.says("GET", METHODS, said({"value": [*methods, {"@odata.type": f"{PREFIX}authenticationMethod"}]}))
    found = [name.removesuffix("AuthenticationMethod") for name in (await state(odd)).other_methods]
    assert found == ["fido2", "email", "temporaryAccessPass"]


async def test_a_link_that_leads_in_a_circle_ends(odd: OddReach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.graph.pages._MOST_PAGES", 3)
    odd.far.says("GET", MEMBERSHIPS, said({"value": [], "@odata.nextLink": f"{odd.far.url}{MEMBERSHIPS}?$skiptoken=1"}))
    with pytest.raises(DirectoryUnavailableError, match="more than 3 pages"):
        await odd.directory.read_state(ANNAS)
    assert sum("transitiveMemberOf" in path for _, path in odd.far.asked) == 3


@pytest.mark.parametrize("link", ["https://graph.microsoft.com.evil.example/v1.0/users", "//evil.example/", "users", 7])
async def test_a_link_to_another_host_is_not_followed(odd: OddReach, link: object) -> None:
    odd.far.says("GET", MEMBERSHIPS, said({"value": [], "@odata.nextLink": link}))
    with pytest.raises(DirectoryUnavailableError, match=r"to another host|cannot be read"):
        await odd.directory.read_state(ANNAS)


async def test_the_first_page_of_a_search_is_not_the_whole_truth(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    """Failure guarded against: two users with one employee id, one on each page."""
    monkeypatch.setattr("shared.graph.users._PAGE", 1)
    assert await reach.users.find(UserKey(employeeId="2")) == UserAmbiguous(2)
    assert isinstance(await reach.users.find(UserKey(employeeId="1'001")), DirectoryUser)


async def test_an_empty_first_page_of_a_search_is_no_unknown_user(odd: OddReach) -> None:
    found = {"value": [{"id": ANNA, "userPrincipalName": "a@b.c"}]}
    odd.far.says(
        "GET", "/users", said({"value": [], "@odata.nextLink": f"{odd.far.url}/users?$skiptoken=1"}), said(found)
    )
    assert isinstance(await odd.users.find(UserKey(employeeId="7")), DirectoryUser)


@pytest.mark.parametrize("path", [PHONES, METHODS, MEMBERSHIPS, GROUPS, ASSIGNMENTS, ELIGIBLE, ELIGIBLE_GROUPS])
async def test_a_user_whom_graph_has_just_named_and_does_not_know_is_a_new_one(odd: OddReach, path: str) -> None:
    odd.far.says("GET", path, answer(404, '{"error": {"code": "Request_ResourceNotFound", "message": "?"}}'))
    with pytest.raises(DirectoryUnavailableError, match="just named"):
        await odd.directory.read_state(ANNAS)


async def test_reading_back_the_phones_of_an_unknown_user_is_transient(odd: OddReach) -> None:
    odd.far.says("GET", PHONES, answer(404, '{"error": {"code": "resourceNotFound", "message": "?"}}'))
    with pytest.raises(DirectoryUnavailableError, match="just named"):
        await odd.directory.read_phones(ANNA)


@pytest.mark.parametrize(
    ("code", "certainty"),
    [
        ("Request_ResourceNotFound", WriteCertainty.REFUSED),
        ("resourceNotFound", WriteCertainty.WRITTEN),
        ("itemNotFound", WriteCertainty.WRITTEN),
    ],
)
async def test_only_the_method_may_be_gone_already_not_the_user(
    odd: OddReach, code: str, certainty: WriteCertainty
) -> None:
    odd.far.says("DELETE", MOBILE, answer(404, f'{{"error": {{"code": "{code}", "message": "?"}}}}'))
    answered = await odd.directory.write(ANNA, Remove((PhoneType.MOBILE,), None))
    assert answered.certainty is certainty


async def test_removing_the_phone_of_a_user_whom_graph_does_not_know_is_refused(reach: Reach) -> None:
    gone = "00000000-0000-4000-8000-0000000000ff"
    answered = await reach.directory.write(gone, Remove((PhoneType.MOBILE,), None))
    assert (answered.certainty, answered.status) == (WriteCertainty.REFUSED, 404)
