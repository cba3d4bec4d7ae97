"""Users as a tenant file has them: read as the directory would tell them, and refused where a word is misspelt."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from local.graph.tenant.membership import transitive_groups
from local.graph.tenant.properties import user_properties
from local.graph.tenant.reading import read_tenant
from shared.directory_user import Holding, Tie, Undetermined, UserAbsent, UserAmbiguous, UserDeleted, UserState
from shared.explain.example.tenant import find_user
from shared.explain.example.user import example_user
from shared.explain.example.vocabulary import USER
from shared.explain.example.words import ExampleError
from shared.messages.change_request import UserKey
from shared.phone.phone_type import PhoneType

ROOT = Path(__file__).parent.parent.parent.parent
NAME = "anna@contoso.example"
GROUP = "11111111-1111-4111-8111-111111111111"
DOCUMENTED = json.loads(
    re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "tenant-file.md").read_text(encoding="utf-8"), re.DOTALL)[0]
)


def find(contents: Any, **key: str) -> UserState | UserAbsent | UserDeleted | UserAmbiguous:
    return find_user(contents, UserKey.model_validate(key or {"userPrincipalName": NAME}), "The tenant file")


def user(**fields: Any) -> UserState:
    return example_user({"userPrincipalName": NAME, **fields}, "the user")


def faults(**fields: Any) -> str:
    with pytest.raises(ExampleError) as fault:
        user(**fields)
    return str(fault.value)


def test_a_user_of_whom_nothing_is_said_is_an_ordinary_one() -> None:
    state = example_user({}, "the user")
    assert (state.user.account_enabled, state.user.user_type, state.phones, state.roles) == (True, "member", (), ())
    assert state.other_methods == ("microsoftAuthenticatorAuthenticationMethod",)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"role": ["Global Administrator"]}, "role is no word of a user; did you mean roles?"),
        ({"memberof_": []}, "memberof_ is no word of a user; did you mean memberOf?"),
        ({"acountEnabled": False}, "acountEnabled is no word of a user; did you mean accountEnabled?"),
        ({"memberOf": [{"displayName": "Tier 0", "isAssignable": True}]}, "isAssignable is no word of a group"),
        ({"phoneMethods": [{"number": "+44 7400 123456"}]}, "number is no word of a phone"),
        ({"roles": [{"displayName": "Global Administrator", "assigned": 1}]}, "assigned is no word of a role"),
        ({"roles": ["Global Admin"]}, "role Global Admin is no built-in one"),
        ({"roles": "Global Administrator", "Roles": []}, "roles stands there more than once"),
        ({"roles": 1}, "roles must be a list"),
        ({"methods": ["fido3"]}, "methods has fido3, which is none; known are external, fido2"),
        ({"phoneMethods": [{"phoneType": "cell", "phoneNumber": "1"}]}, "phoneType must be one of mobile"),
        ({"phoneMethods": [{"phoneType": "mobile"}]}, "has no phoneNumber"),
        ({"phoneMethods": ["+44 7400 123456", "+44 7400 123457"]}, "two phones of type mobile"),
        ({"accountEnabled": "yes"}, "accountEnabled must be true or false"),
        ({"lastPasswordChangeDateTime": "yesterday"}, "must be an RFC 3339 date and time"),
        ({"undetermined": ["everything"]}, "undetermined may name memberships"),
        ({"mail": ["a@b.c"]}, "mail must be a text"),
        ({"memberOf": [{"description": "x"}]}, "has no displayName"),
    ],
)
def test_what_is_misspelt_is_refused_and_never_read_as_nothing(fields: dict[str, Any], fault: str) -> None:
    assert fault in faults(**fields)


def test_all_faults_are_told_together() -> None:
    assert faults(role=[], methods=["fido3"], accountEnabled=1).startswith("the user has 3 faults:")


def test_a_user_that_is_no_object_is_refused() -> None:
    with pytest.raises(ExampleError, match="user: must be an object"):
        example_user([], "the user")


def test_graphs_properties_are_known_and_decide_nothing() -> None:
    fields = dict.fromkeys(user_properties().keys() - {"id", "userPrincipalName", "userType", "accountEnabled"})
    assert user(**fields) == user()
    assert user_properties().keys() <= USER.words


def test_roles_are_read_by_name_former_name_template_id_and_object() -> None:
    template_id = "62e90394-69f5-4237-9190-012177145e10"
    for entry in (
        "global administrator",
        "Company Administrator",
        template_id.upper(),
        {"displayName": "anything", "roleTemplateId": template_id},
    ):
        (role,) = user(roles=[entry]).roles
        assert (role.template_id, role.name, role.holding) == (template_id, "Global Administrator", Holding.ACTIVE)


def test_a_role_of_the_tenants_own_is_read_by_its_id() -> None:
    (role,) = user(eligibleRoles=[{"roleTemplateId": GROUP, "displayName": "Phone Desk"}]).roles
    assert (role.template_id, role.name, role.holding) == (GROUP, "Phone Desk", Holding.ELIGIBLE)


def test_a_role_among_the_memberships_and_one_of_a_unit_are_active_roles() -> None:
    entry = {"@odata.type": "#microsoft.graph.directoryRole", "displayName": "Global Reader"}
    scoped = {"displayName": "User Administrator", "administrativeUnit": "Berlin"}
    state = user(memberOf=[entry], scopedRoles=[scoped])
    assert [role.name for role in state.roles] == ["User Administrator", "Global Reader"]
    assert state.groups == ()


def test_groups_are_read_with_what_binds_the_user_to_them() -> None:
    state = user(
        memberOf=[{"id": GROUP, "displayName": "Staff"}],
        owns=["Board", {"@odata.type": "#microsoft.graph.application", "appId": "x"}],
        eligibleMemberOf=[{"displayName": "Tier 0", "isAssignableToRole": True}],
    )
    assert [(group.name, group.tie, group.role_assignable) for group in state.groups] == [
        ("Staff", Tie.MEMBER, False),
        ("Board", Tie.OWNER, False),
        ("Tier 0", Tie.POSSIBLE, True),
    ]


def test_a_group_named_by_its_id_has_that_id() -> None:
    assert user(memberOf=[GROUP]).groups[0].id == GROUP


@pytest.mark.parametrize(
    ("group", "assignable"),
    [
        ({"displayName": "Tier 0", "isAssignableToRole": None}, False),
        # As Graph lists a group that the app may not read.
        ({"id": GROUP, "displayName": None, "isAssignableToRole": None}, None),
        ({"displayName": "Tier 0", "eligibleRoles": ["Global Reader"]}, True),
    ],
)
def test_a_group_that_cannot_be_read_may_hold_roles(group: dict[str, Any], assignable: bool | None) -> None:  # noqa: FBT001
    assert user(memberOf=[group]).groups[0].role_assignable is assignable


def test_what_is_null_is_not_known() -> None:
    state = user(userType=None, accountEnabled=None, undetermined=["owned_groups"])
    assert (state.user.user_type, state.user.account_enabled) == (None, None)
    assert state.undetermined == {Undetermined.OWNED_GROUPS}


def test_phones_are_read_in_the_users_region_and_what_is_no_number_is_none() -> None:
    state = user(usageLocation="gb", phoneMethods=[{"mobile": "07400 123456", "office": "extension 12"}])
    assert {phone.phone_type: str(phone.number) for phone in state.phones} == {
        PhoneType.MOBILE: "+44 ********56",
        PhoneType.OFFICE: "None",
    }


def test_phones_may_stand_under_authentication_and_among_the_methods() -> None:
    phone = {"phoneType": "mobile", "phoneNumber": "+44 7400 123456"}
    for fields in ({"authentication": {"phoneMethods": [phone], "methods": []}}, {"methods": [phone]}):
        state = user(**fields)
        assert (len(state.phones), state.other_methods) == (1, ())


def test_a_tenant_tells_groups_and_roles_through_groups_wherever_they_stand() -> None:
    tenant = {
        "users": [{"userPrincipalName": NAME, "memberOf": ["Inner"]}, {"userPrincipalName": "ben@contoso.example"}],
        "groups": [
            {"displayName": "Inner", "memberOf": ["Outer"]},
            {"displayName": "Outer", "roles": ["Global Reader"]},
            {"displayName": "Listed", "members": [NAME.upper()], "owners": ["ben@contoso.example"]},
        ],
    }
    anna, ben = find(tenant), find(tenant, userPrincipalName="Ben@contoso.example")
    assert isinstance(anna, UserState)
    assert {group.name for group in anna.groups} == {"Inner", "Outer", "Listed"}
    assert [role.name for role in anna.roles] == ["Global Reader"]
    assert isinstance(ben, UserState)
    assert [(group.name, group.tie) for group in ben.groups] == [("Listed", Tie.OWNER)]


def test_groups_that_contain_each_other_do_no_harm() -> None:
    groups = [{"displayName": "A", "memberOf": ["B"]}, {"displayName": "B", "memberOf": ["A"]}]
    found = find({"users": [{"userPrincipalName": NAME, "memberOf": ["A"]}], "groups": groups})
    assert isinstance(found, UserState)
    assert len(found.groups) == 2


def test_a_user_is_found_by_id_name_or_employee_id() -> None:
    users = [{"userPrincipalName": NAME, "id": GROUP, "employeeId": 1001}]
    for key in ({"id": GROUP}, {"userPrincipalName": NAME.upper()}, {"employeeId": "1001"}):
        for contents in (users, {"value": users}, {"users": {"value": users}}):
            assert isinstance(find(contents, **key), UserState)


def test_who_is_not_there_or_deleted_or_there_twice_is_told() -> None:
    twice = [{"userPrincipalName": f"{name}@contoso.example", "employeeId": "7"} for name in "ab"]
    gone = {"userPrincipalName": NAME, "id": GROUP, "deleted": True}
    assert find([]) == UserAbsent()
    assert find([gone]) == UserDeleted(GROUP)
    assert find(twice, employeeId="7") == UserAmbiguous(2)
    # A deleted user may have left the name to a new one.
    assert isinstance(find([gone, {"userPrincipalName": NAME}]), UserState)


def test_a_misspelt_word_of_anybody_in_the_file_is_a_fault() -> None:
    tenant = [{"userPrincipalName": NAME}, {"userPrincipalName": "ben@contoso.example", "rolls": []}]
    with pytest.raises(ExampleError, match="user 2: rolls is no word of a user; did you mean roles"):
        find(tenant)
    with pytest.raises(ExampleError, match="user 1: has no userPrincipalName"):
        find([{"displayName": "Anna"}])
    with pytest.raises(ExampleError, match="group is no word of a tenant file; did you mean groups"):
        find({"users": [], "group": []})


@pytest.mark.parametrize("index", range(3))
def test_the_documented_tenant_is_read_as_the_twin_reads_it(index: int) -> None:
    """Field failure: two readers of one file that do not agree on who is an administrator."""
    twin = read_tenant(DOCUMENTED).tenant
    theirs = list(twin.users)[index]
    ours = find(DOCUMENTED, userPrincipalName=str(theirs.properties["userPrincipalName"]))
    assert isinstance(ours, UserState)
    assert ours.user.id == theirs.properties["id"]
    assert {role.template_id for role in ours.roles if role.holding is Holding.ELIGIBLE} == set(theirs.eligible_roles)
    told = {tie: {group.id for group in ours.groups if group.tie is tie} for tie in Tie}
    assert told == {
        Tie.MEMBER: {group.id for group in transitive_groups(twin, theirs)},
        Tie.OWNER: set(theirs.owns),
        Tie.POSSIBLE: set(theirs.eligible_groups),
    }
    assert len(ours.phones) == len(list(theirs.phones.latest))
    assert len(ours.other_methods) == len(theirs.methods) - 1
