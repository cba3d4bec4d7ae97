"""A tenant file that someone else wrote works; one that cannot work says everything that is wrong with it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.graph.state import fresh_state
from local.graph.switches import READERS
from local.graph.tenant.drafts import GROUP_WORDS, USER_WORDS
from local.graph.tenant.file_faults import TenantFileError
from local.graph.tenant.membership import transitive_groups, transitive_roles
from local.graph.tenant.method_kinds import KINDS
from local.graph.tenant.model import DEFAULT_METHODS, User
from local.graph.tenant.reading import TenantFile, read_tenant, read_tenant_file

ANNA = "anna@contoso.com"
DOCUMENT = Path(__file__).parents[3] / "docs" / "tenant-file.md"


def one(**properties: Any) -> User:
    (user,) = read_tenant([{"userPrincipalName": ANNA, **properties}]).tenant.users
    return user


def phones(user: User) -> dict[str, str]:
    return {str(phone.phone_type): phone.number for phone in user.phones.latest}


def faults(contents: object) -> list[str]:
    with pytest.raises(TenantFileError) as refused:
        read_tenant(contents)
    return [line.removeprefix("  - ") for line in str(refused.value).splitlines()[1:]]


def exported(file: TenantFile) -> dict[str, Any]:
    return fresh_state(file).as_json()


@pytest.mark.parametrize(
    "contents",
    [
        [{"userPrincipalName": ANNA}],
        {"users": [{"userPrincipalName": ANNA}]},
        {"value": [{"userPrincipalName": ANNA}], "@odata.context": "x"},
        {"users": {"value": [{"userPrincipalName": ANNA}]}},
        {"Users": [{"UserPrincipalName": ANNA, "@odata.type": "#microsoft.graph.user"}]},
        [{"upn": ANNA}],
    ],
)
def test_the_file_may_have_any_of_the_usual_forms(contents: object) -> None:
    assert [user.user_principal_name for user in read_tenant(contents).tenant.users] == [ANNA]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_the_file_may_be_written_by_powershell(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "tenant.json"
    file.write_bytes(json.dumps([{"UserPrincipalName": ANNA, "DisplayName": "Änne"}]).encode(encoding))
    (user,) = read_tenant_file(file).tenant.users
    assert user.properties["displayName"] == "Änne"


def test_what_is_left_out_is_as_most_tenants_have_it() -> None:
    user = one()
    assert (user.properties["displayName"], user.properties["accountEnabled"]) == (ANNA, True)
    assert [method.kind.name for method in user.methods] == ["password", "microsoftAuthenticator"]
    assert phones(user) == {}
    assert user.id == one(displayName="Another name").id, "the id is derived from the name alone"
    assert user.id == one(userPrincipalName="ANNA@contoso.com").id


@pytest.mark.parametrize(
    ("given_methods", "expected"),
    [
        ([], ["password"]),
        (["fido2"], ["password", "fido2"]),
        (["password", "Passkey", "oath", "TAP"], ["password", "fido2", "softwareOath", "temporaryAccessPass"]),
        (
            [{"@odata.type": "#microsoft.graph.emailAuthenticationMethod", "emailAddress": "a@b.c"}],
            ["password", "email"],
        ),
        ([{"type": "windowsHelloForBusiness", "displayName": "PC"}], ["password", "windowsHelloForBusiness"]),
        ({"value": ["fido2"]}, ["password", "fido2"]),
        ("fido2", ["password", "fido2"]),
    ],
)
def test_methods_may_be_named_in_several_ways(given_methods: object, expected: list[str]) -> None:
    assert [method.kind.name for method in one(methods=given_methods).methods] == expected


def test_methods_may_be_graphs_list_of_all_with_phones_among_them() -> None:
    user = one(
        authentication={"methods": ["fido2"]},
        methods=[
            {
                "@odata.type": "#microsoft.graph.passwordAuthenticationMethod",
                "id": "28c10230-6103-485e-b985-444c60001490",
            },
            {
                "@odata.type": "#microsoft.graph.phoneAuthenticationMethod",
                "phoneType": "office",
                "phoneNumber": "+1 2065550100",
            },
            {"@odata.type": "#microsoft.graph.fido2AuthenticationMethod", "id": "key", "model": "Blue"},
        ],
    )
    assert phones(user) == {"office": "+1 2065550100"}
    assert [(method.id, method.properties.get("model")) for method in user.methods][1] == ("key", "Blue")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+49 1711234567", "+49 1711234567"),
        ("+491711234567", "+49 1711234567"),
        ("0171 123 45 67", "+49 1711234567"),
        ("+49 (0)171 / 1234567", "+49 1711234567"),
        ("+1 206-555-0100 ext. 12", "+1 2065550100x12"),
        ("00491711234567", "+49 1711234567"),
        ("1", "1"),
        ("ask reception", "ask reception"),
    ],
)
def test_numbers_become_graphs_format_where_they_can_be_read(written: str, kept: str) -> None:
    user = one(usageLocation="de", phoneMethods=[{"phoneType": "mobile", "phoneNumber": written}])
    assert phones(user) == {"mobile": kept}


@pytest.mark.parametrize(
    "written",
    [
        {"phoneMethods": [{"phoneType": "mobile", "phoneNumber": "+1 2065550100"}]},
        {"phoneMethods": {"value": [{"phoneType": "mobile", "phoneNumber": "+1 2065550100"}]}},
        {"authentication": {"phoneMethods": [{"phoneType": "mobile", "phoneNumber": "+1 2065550100"}]}},
        {"phoneMethods": [{"PhoneType": "Mobile", "PhoneNumber": "+1 2065550100"}]},
        {"phoneMethods": [{"id": "3179e48a-750b-4051-897c-87b9720928f7", "phoneNumber": "+1 2065550100"}]},
        {"phoneMethods": {"mobile": "+1 2065550100"}},
        {"phoneMethods": ["+1 2065550100"]},
        {"phoneMethods": "+1 2065550100"},
    ],
)
def test_phones_may_be_written_as_graph_nests_them_or_shorter(written: dict[str, Any]) -> None:
    assert phones(one(**written)) == {"mobile": "+1 2065550100"}


def test_clear_slips_are_mended() -> None:
    user = one(
        EmployeeID=1001,
        accountEnabled="FALSE",
        otherMails="a@b.c",
        businessPhones=None,
        employeeHireDate="2026-12-01",
        jobTitle=None,
    )
    properties = user.properties
    assert (properties["employeeId"], properties["accountEnabled"]) == ("1001", False)
    assert (properties["otherMails"], properties["businessPhones"]) == (["a@b.c"], [])
    assert (properties["employeeHireDate"], properties["jobTitle"]) == ("2026-12-01T00:00:00Z", None)


def test_properties_that_graph_does_not_have_are_left_aside_and_come_back(caplog: pytest.LogCaptureFixture) -> None:
    file = read_tenant([{"userPrincipalName": ANNA, "shoeSize": 43, "customSecurityAttributes": {"A": {"b": 1}}}])
    (user,) = file.tenant.users
    assert "shoeSize" not in user.properties
    assert "shoeSize" in caplog.text
    assert exported(file)["users"][0]["shoeSize"] == 43


@pytest.mark.parametrize(
    "role",
    [
        "Global Administrator",
        "global administrator",
        "Company Administrator",
        "62e90394-69f5-4237-9190-012177145e10",
        "62E90394-69F5-4237-9190-012177145E10",
        {"displayName": "Global Administrator"},
        {"roleTemplateId": "62e90394-69f5-4237-9190-012177145e10"},
        {"id": "x", "displayName": "Anything", "roleTemplateId": "62e90394-69f5-4237-9190-012177145e10"},
    ],
)
def test_roles_may_be_named_in_several_ways(role: object) -> None:
    file = read_tenant([{"userPrincipalName": ANNA, "roles": [role]}])
    (found,) = transitive_roles(file.tenant, file.tenant.users[0])
    assert (found.display_name, found.built_in) == ("Global Administrator", True)


def test_a_role_of_the_tenants_own_is_one_with_another_template_id() -> None:
    own = {"displayName": "Phone Clerk", "roleTemplateId": "99999999-0000-0000-0000-000000000001"}
    file = read_tenant([{"userPrincipalName": ANNA, "roles": [own, "99999999-0000-0000-0000-000000000002"]}])
    found = [file.tenant.roles.by_id(role_id) for role_id in file.tenant.users[0].roles]
    assert [(role.display_name, role.built_in) for role in found] == [
        ("Phone Clerk", False),
        ("99999999-0000-0000-0000-000000000002", False),
    ]
    assert transitive_roles(file.tenant, file.tenant.users[0]) == [], "Graph has no directoryRole for a custom role"


def test_memberships_may_be_graphs_own_with_roles_among_them() -> None:
    member_of = [
        {"@odata.type": "#microsoft.graph.directoryRole", "displayName": "User Administrator"},
        {"@odata.type": "#microsoft.graph.group", "id": "g1", "displayName": "Staff"},
        "Guild",
    ]
    file = read_tenant({"users": [{"userPrincipalName": ANNA, "memberOf": member_of}]})
    (user,) = file.tenant.users
    assert [group.display_name for group in transitive_groups(file.tenant, user)] == ["Staff", "Guild"]
    assert user.groups[0] == "g1"
    assert [role.display_name for role in transitive_roles(file.tenant, user)] == ["User Administrator"]


def test_a_group_may_list_its_members() -> None:
    contents = {
        "users": [{"userPrincipalName": ANNA}],
        "groups": [
            {"displayName": "Inner", "members": [{"userPrincipalName": ANNA}]},
            {"displayName": "Outer", "members": ["Inner"], "roles": ["Global Reader"]},
        ],
    }
    tenant = read_tenant(contents).tenant
    assert [group.display_name for group in transitive_groups(tenant, tenant.users[0])] == ["Inner", "Outer"]
    assert [role.display_name for role in transitive_roles(tenant, tenant.users[0])] == ["Global Reader"]
    assert [group.assignable_to_role for group in tenant.groups.values()] == [False, True]


@pytest.mark.parametrize(
    ("words", "group_words"),
    [
        ({"owns": ["Board"]}, {}),
        ({"ownedObjects": {"value": [{"@odata.type": "#microsoft.graph.group", "displayName": "Board"}]}}, {}),
        ({}, {"owners": [ANNA.upper()]}),
        ({"id": "a"}, {"owners": [{"id": "a"}]}),
        ({"owns": ["board"]}, {"owners": [{"userPrincipalName": ANNA}]}),
    ],
)
def test_owners_may_be_named_with_the_user_or_with_the_group(
    words: dict[str, Any], group_words: dict[str, Any]
) -> None:
    groups = [{"displayName": "Board", "isAssignableToRole": True, **group_words}]
    tenant = read_tenant({"users": [{"userPrincipalName": ANNA, **words}], "groups": groups}).tenant
    assert [tenant.groups[group_id].display_name for group_id in tenant.users[0].owns] == ["Board"]
    assert transitive_groups(tenant, tenant.users[0]) == [], "an owner is no member"


def test_applications_among_owned_objects_are_passed_over() -> None:
    application = {"@odata.type": "#microsoft.graph.application", "id": "x", "displayName": "App"}
    assert one(ownedObjects=[application]).owns == ()


def test_who_may_join_a_group_is_not_in_it() -> None:
    file = read_tenant({"users": [{"userPrincipalName": ANNA, "eligibleMemberOf": ["Board"]}], "groups": ["Board"]})
    (user,) = file.tenant.users
    assert [file.tenant.groups[group_id].display_name for group_id in user.eligible_groups] == ["Board"]
    assert transitive_groups(file.tenant, user) == []


def test_a_scoped_role_is_held_for_one_unit_and_in_no_other_list() -> None:
    unit = "11111111-2222-3333-4444-555555555555"
    helpdesk = {"displayName": "Helpdesk Administrator"}
    user = one(
        scopedRoles=[{**helpdesk, "administrativeUnit": "Berlin"}, {**helpdesk, "administrativeUnit": unit.upper()}]
    )
    first, second = user.scoped_roles
    assert (first.role_id == second.role_id, second.administrative_unit) == (True, unit)
    assert user.roles == ()


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (
            {"scopedRoles": ["Helpdesk Administrator"]},
            "scopedRoles must hold objects with displayName and administrativ",
        ),
        (
            {"scopedRoles": [{"displayName": "Helpdesk Administrator"}]},
            "scopedRoles must hold objects with displayName",
        ),
        ({"scopedRoles": [{"displayName": "King", "administrativeUnit": "Berlin"}]}, "role 'King' is unknown"),
        ({"scopedRoles": 7}, "scopedRoles must be a list"),
        ({"owns": [{}]}, "owns has a group without a name"),
        ({"eligibleMemberOf": [{}]}, "eligibleMemberOf has a group without a name"),
    ],
    ids=str,
)
def test_what_protects_a_user_and_cannot_be_read_is_a_fault(words: dict[str, Any], fault: str) -> None:
    (told,) = faults([{"userPrincipalName": ANNA, **words}])
    assert fault in told


def test_an_owner_whom_the_file_does_not_know_is_a_fault() -> None:
    (told,) = faults({"users": [{"userPrincipalName": ANNA}], "groups": [{"displayName": "B", "owners": ["ghost"]}]})
    assert "owner 'ghost' is no user of this file" in told


@pytest.mark.parametrize(
    "manager", ["ben@contoso.com", "BEN-ID", {"id": "ben-id"}, {"userPrincipalName": "Ben@contoso.com"}]
)
def test_a_manager_may_be_named_in_several_ways(manager: object) -> None:
    users = [{"userPrincipalName": ANNA, "manager": manager}, {"userPrincipalName": "ben@contoso.com", "id": "ben-id"}]
    assert read_tenant(users).tenant.users[0].manager == "ben-id"


def test_a_deleted_user_may_have_left_the_name_to_another() -> None:
    users = [
        {"userPrincipalName": ANNA, "id": "old", "deleted": True},
        {"userPrincipalName": ANNA, "id": "new"},
        {"userPrincipalName": "b@contoso.com", "manager": ANNA},
    ]
    tenant = read_tenant(users).tenant
    found = tenant.user(ANNA)
    assert (found and found.id, tenant.user("old"), tenant.users[2].manager) == ("new", None, "new")


def test_all_faults_are_told_together_with_their_place() -> None:
    contents = {
        "users": [
            "x",
            {"displayName": "No Name"},
            {"userPrincipalName": ANNA, "id": "1", "manager": "nobody", "roles": ["King"], "methods": ["telepathy"]},
            {"userPrincipalName": "ANNA@contoso.com", "id": "1"},
            {
                "userPrincipalName": "c@contoso.com",
                "phoneMethods": [{"phoneType": "fax", "phoneNumber": "1"}, {"phoneType": "mobile"}, 7],
                "accountEnabled": "perhaps",
                "smsSignIn": "x",
                "defaultMethod": "pigeon",
            },
            {
                "userPrincipalName": "d@contoso.com",
                "phoneMethods": [{"phoneNumber": "+1 2065550100"}, {"phoneNumber": "+1 2065550101"}],
                "memberOf": [{}],
                "employeeHireDate": "soon",
            },
        ],
        "groups": [{}, {"displayName": "G"}, {"displayName": "g", "members": ["ghost"]}],
        "graph": {"speed": 1, "latencyMs": -1},
        "faults": [{"match": {"path": "/x"}}],
    }
    assert faults(contents) == [
        "group 1 has no displayName",
        "group 3 (g): the same group as group 2 (G)",
        "user 1 is not an object",
        "user 2 (No Name) has no userPrincipalName",
        f"user 4 (ANNA@contoso.com): the same id as user 3 ({ANNA})",
        f"user 4 (ANNA@contoso.com): the same userPrincipalName as user 3 ({ANNA})",
        f"user 3 ({ANNA}): methods has an unknown method 'telepathy'; known are {', '.join(KINDS)}",
        f"user 3 ({ANNA}): role 'King' is unknown; give its name in Entra or its template id",
        f"user 3 ({ANNA}): manager 'nobody' is no user of this file",
        "user 5 (c@contoso.com): accountEnabled must be of type boolean",
        "user 5 (c@contoso.com): smsSignIn must be true or false",
        "user 5 (c@contoso.com): phoneType 'fax' is unknown; Graph has mobile, alternateMobile, office",
        "user 5 (c@contoso.com): a phone method has no phoneNumber",
        "user 5 (c@contoso.com): phoneMethods must hold objects with phoneType and phoneNumber",
        f"user 5 (c@contoso.com): defaultMethod 'pigeon' is unknown; known are {', '.join(DEFAULT_METHODS)}",
        "user 6 (d@contoso.com): employeeHireDate must be of type date-time",
        "user 6 (d@contoso.com): phoneMethods has two phones of type mobile",
        "user 6 (d@contoso.com): memberOf has a group without a name",
        "group 3 (g): member 'ghost' is no user or group of this file",
        f"graph: speed is unknown; known are {', '.join(READERS)}",
        "graph: latencyMs must be a number of milliseconds or [least, most]",
        "faults: fault 1: it needs a status, a delaySeconds or drop",
        "faults: fault 1: match.path leads to no operation",
    ]


@pytest.mark.parametrize("contents", [{}, {"people": []}, 7, "text", None])
def test_a_file_without_users_is_no_tenant(contents: object) -> None:
    assert len(faults(contents)) == 1


@pytest.mark.parametrize(
    "contents", [{"users": {}}, {"users": "x"}, {"users": [], "groups": 3}, {"users": [], "graph": 3}]
)
def test_a_part_of_another_type_is_a_fault(contents: object) -> None:
    assert len(faults(contents)) == 1


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (b"{", "is not JSON: line 1, column 2"),
        (b"\xff\xfe\xfa", "is not"),
        (b"", "is not JSON"),
        (b"\x80abc", "is not text"),
    ],
)
def test_a_file_that_is_not_json_says_where(tmp_path: Path, contents: bytes, words: str) -> None:
    file = tmp_path / "tenant.json"
    file.write_bytes(contents)
    with pytest.raises(TenantFileError, match=re.escape(words)):
        read_tenant_file(file)


def test_the_example_of_the_documentation_loads() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    file = read_tenant(json.loads(example))
    assert len(file.tenant.users) == 5
    assert phones(file.tenant.users[0]) == {"mobile": "+49 1711234567", "office": "+49 3012345678"}
    assert (file.switches.latency_ms, len(file.faults)) == ((20, 80), 1)


def test_the_example_of_the_documentation_shows_everything_that_protects_a_user() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    tenant = read_tenant(json.loads(example)).tenant
    anna, ben, glass, gina, former = tenant.users
    assert anna.properties["lastPasswordChangeDateTime"] == "2026-09-01T08:00:00Z"
    assert [tenant.roles.by_id(role.role_id).display_name for role in ben.scoped_roles] == ["Helpdesk Administrator"]
    assert [len(roles) for roles in (ben.roles, ben.eligible_roles)] == [1, 1]
    assert [tenant.groups[group_id].display_name for group_id in ben.eligible_groups] == ["Tier 0"]
    assert {tenant.groups[group_id].display_name for group_id in ben.owns} == {"Staff", "Tier 0"}
    assert [role.display_name for role in transitive_roles(tenant, glass)] == ["Global Reader"]
    assert (glass.management_restricted, gina.properties["userType"], former.deleted) == (True, "Guest", True)


def test_the_documentation_names_every_word_of_the_format() -> None:
    text = DOCUMENT.read_text("utf-8")
    again = exported(read_tenant(json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])))
    words = {word for user in again["users"] for word in user} | {word for group in again["groups"] for word in group}
    words |= {*USER_WORDS, *GROUP_WORDS}
    undescribed = {word for word in words | again["graph"].keys() if f"`{word}`" not in text}
    assert undescribed == {"preferredLanguage", "mail"}, "these are Graph's own"


NAMES = st.sampled_from(["a", "b", "c", "d"])
USERS = st.fixed_dictionaries(
    {"userPrincipalName": NAMES.map("{}@contoso.com".format)},
    optional={
        "displayName": st.text(max_size=5),
        "employeeId": st.one_of(st.integers(0, 99), st.text(max_size=3)),
        "usageLocation": st.sampled_from(["DE", "us", None]),
        "phoneMethods": st.lists(
            st.fixed_dictionaries(
                {
                    "phoneType": st.sampled_from(["mobile", "alternateMobile", "office"]),
                    "phoneNumber": st.sampled_from(["+49 1711234567", "0171 1234567", "x", "+1 206 555 0100"]),
                }
            ),
            max_size=3,
            unique_by=lambda phone: phone["phoneType"],
        ),
        "methods": st.lists(st.sampled_from(["fido2", "email", "tap"]), max_size=3),
        "roles": st.lists(st.sampled_from(["Global Administrator", "Reports Reader"]), max_size=2),
        "memberOf": st.lists(st.sampled_from(["Staff", "Other"]), max_size=2),
        "eligibleMemberOf": st.lists(st.sampled_from(["Staff", "Other"]), max_size=2),
        "owns": st.lists(st.sampled_from(["Staff", "Other"]), max_size=2),
        "scopedRoles": st.lists(
            st.fixed_dictionaries({"displayName": st.just("Reports Reader"), "administrativeUnit": NAMES}), max_size=2
        ),
        "smsSignIn": st.booleans(),
        "deleted": st.booleans(),
        "nonsense": st.integers(),
    },
)


@settings(deadline=None)
@given(st.lists(USERS, max_size=4, unique_by=lambda user: str(user["userPrincipalName"])))
def test_what_is_exported_can_be_read_and_is_exported_the_same(users: list[dict[str, Any]]) -> None:
    once = exported(read_tenant({"users": users, "groups": ["Staff"]}))
    assert exported(read_tenant(json.loads(json.dumps(once)))) == once


@pytest.mark.parametrize("text", ["[" * 100_000, '{"users": ' + "9" * 5_000 + "}"])
def test_json_that_python_cannot_take_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "tenant.json").write_text(text, encoding="utf-8")
    with pytest.raises(TenantFileError, match="nested too deeply"):
        read_tenant_file(tmp_path / "tenant.json")
