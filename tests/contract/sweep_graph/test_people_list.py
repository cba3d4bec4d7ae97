"""The directory's users are read page by page, with what the rules need to know of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.compliance.rows import Person, Unavailable
from shared.errors import DirectoryUnavailableError
from shared.sweep.ports import LinkExpiredError, Page
from tests.contract.directory.far_end import FarEnd
from tests.contract.sweep_graph.answers import listed, refused
from tests.contract.sweep_graph.conftest import OPTIONAL, PERMISSIONS, Reach, Sweep

ANNA = "00000000-0000-4000-8000-00000000000a"
BOSS = "00000000-0000-4000-8000-00000000000b"
USERS = "/users"
ROW: dict[str, Any] = {"id": "a", "userPrincipalName": "a@b.c"}


@pytest.fixture
def tenant() -> dict[str, Any]:
    return {
        "users": [
            {
                "id": ANNA,
                "userPrincipalName": "anna@contoso.example",
                "displayName": "Anna Abel",
                "mail": "anna.abel@contoso.example",
                "department": "Sales",
                "usageLocation": "DE",
                "country": "Austria",
                "preferredLanguage": "de-DE",
                "manager": BOSS,
                "createdDateTime": "2020-01-02T03:04:05Z",
                "employeeLeaveDateTime": "2026-12-31T00:00:00Z",
            },
            {"id": BOSS, "userPrincipalName": "boss@contoso.example", "accountEnabled": False, "displayName": "Boss"},
            {"userPrincipalName": "g#EXT#@contoso.example", "userType": "Guest", "isManagementRestricted": True},
            {"userPrincipalName": "gone@contoso.example", "deleted": True},
        ]
    }


async def rows(sweep: Sweep) -> dict[str, Person]:
    page = await sweep.people.page("")
    assert isinstance(page, Page)
    return {person.user_principal_name.partition("@")[0]: person for person in page.rows}


async def test_a_person_has_all_that_the_rules_and_the_report_need(reach: Reach) -> None:
    found = await rows(reach)
    assert found["anna"] == Person(
        user_id=ANNA,
        user_principal_name="anna@contoso.example",
        display_name="Anna Abel",
        mail="anna.abel@contoso.example",
        department="Sales",
        country="DE",
        manager_id=BOSS,
        manager_name="Boss",
        account_enabled=True,
        preferred_language="de-DE",
        created_at=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
        leaves_at=datetime(2026, 12, 31, tzinfo=UTC),
    )
    assert reach.calls_made == [("GET", USERS)]


async def test_disabled_people_and_guests_are_there_and_deleted_ones_are_not(reach: Reach) -> None:
    found = await rows(reach)
    assert sorted(found) == ["anna", "boss", "g#EXT#"]
    assert found["boss"].account_enabled is False
    assert (found["g#EXT#"].user_type, found["g#EXT#"].management_restricted) == ("guest", True)


@pytest.mark.parametrize("granted", [[name for name in PERMISSIONS if name not in OPTIONAL]], ids=["least"])
async def test_without_its_permission_the_last_day_of_work_is_missing_and_that_is_told(reach: Reach) -> None:
    for calls in (2, 3):
        page = await reach.people.page("")
        assert isinstance(page, Page)
        assert {person.leaves_at for person in page.rows} == {None}
        assert "User-LifeCycleInfo.Read.All" in " ".join(page.remarks)
        assert len(reach.calls_made) == calls


@pytest.mark.parametrize("granted", [["AuditLog.Read.All"]], ids=["none"])
async def test_without_the_permission_there_is_no_list(reach: Reach) -> None:
    found = await reach.people.page("")
    assert isinstance(found, Unavailable)
    assert (found.reason, "User.Read.All" in found.why) == ("permission", True)


async def test_the_list_is_read_to_its_last_page(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.graph.sweeping.people_list._PAGE", 2)
    first = await reach.people.page("")
    assert isinstance(first, Page)
    second = await reach.people.page(first.next)
    assert isinstance(second, Page)
    assert len({person.user_id for person in (*first.rows, *second.rows)}) == 3
    assert second.next == ""


@pytest.mark.parametrize(
    ("told", "country"),
    [
        ({"usageLocation": "at", "country": "DE"}, "AT"),
        ({"country": "de"}, "DE"),
        ({"usageLocation": "", "country": " ch "}, "CH"),
        ({"country": "Germany"}, ""),
        ({"country": "D"}, ""),
        ({"country": "ÄÖ"}, ""),
        ({}, ""),
    ],
    ids=str,
)
async def test_the_country_is_a_code_or_not_known(odd: Sweep, far: FarEnd, told: dict[str, str], country: str) -> None:
    far.says("GET", USERS, listed({**ROW, **told}))
    assert (await rows(odd))["a"].country == country


@pytest.mark.parametrize(
    ("manager", "named"),
    [
        ({"@odata.type": "#microsoft.graph.user", "id": "b", "displayName": "Boss"}, ("b", "Boss")),
        ({"@odata.type": "#microsoft.graph.orgContact", "id": "b", "displayName": "Boss"}, ("b", "Boss")),
        ({"id": "b", "displayName": "Boss"}, ("b", "Boss")),
        ({"@odata.type": "#microsoft.graph.user", "id": "b"}, ("b", "")),
        (None, ("", "")),
    ],
    ids=["user", "contact", "untyped", "nameless", "none"],
)
async def test_a_manager_is_named_whatever_it_is(
    odd: Sweep, far: FarEnd, manager: object, named: tuple[str, str]
) -> None:
    far.says("GET", USERS, listed({**ROW, "manager": manager}))
    person = (await rows(odd))["a"]
    assert (person.manager_id, person.manager_name) == named


async def test_what_the_directory_does_not_say_is_not_known(odd: Sweep, far: FarEnd) -> None:
    far.says("GET", USERS, listed(ROW))
    assert (await rows(odd))["a"] == Person("a", "a@b.c", user_type="")


@pytest.mark.parametrize("missing", ["id", "userPrincipalName"])
async def test_a_user_without_a_name_is_transient_and_never_left_out(odd: Sweep, far: FarEnd, missing: str) -> None:
    far.says("GET", USERS, listed(ROW, {name: value for name, value in ROW.items() if name != missing}))
    with pytest.raises(DirectoryUnavailableError):
        await odd.people.page("")


async def test_a_field_too_much_is_only_remembered_where_the_rest_is_answered(odd: Sweep, far: FarEnd) -> None:
    denied = refused(403, "Authorization_RequestDenied")
    far.says("GET", USERS, denied, denied, listed(ROW))
    assert isinstance(await odd.people.page(""), Unavailable)
    assert await odd.people.page("") == Page((Person("a", "a@b.c", user_type=""),))


async def test_a_link_that_graph_refuses_is_expired(odd: Sweep, far: FarEnd) -> None:
    far.says("GET", USERS, refused(400, "Directory_ExpiredPageToken"))
    with pytest.raises(LinkExpiredError):
        await odd.people.page(f"{far.url}/users?$skiptoken=1")
