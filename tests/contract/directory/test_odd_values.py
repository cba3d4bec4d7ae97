"""A value of another kind than Graph's documents promise: read as far as it goes, or a fault of ours, never a crash."""

import json
from typing import Any

import pytest

from shared.directory_user import DirectoryRole, Holding, UserState
from shared.errors import MfaPhoneError
from shared.graph.owned_groups import LONGEST_AGE
from shared.messages.change_request import UserKey
from tests.contract.directory.conftest import ANNA, ASSIGNMENTS, ELIGIBLE, ELIGIBLE_GROUPS, GROUPS
from tests.contract.directory.far_end import OddReach, answer
from tests.contract.directory.test_pages import ENTRIES, GROUP

USER = f"/users/{ANNA}"
NAMED = {"id": ANNA, "userPrincipalName": "a@b.c"}
DEFINITION = {"id": "r", "templateId": "r", "displayName": "Global Administrator", "isBuiltIn": True}
ASSIGNED = {"id": "x", "principalId": ANNA, "roleDefinitionId": "r", "roleDefinition": DEFINITION}
ROLE = {"@odata.type": "#microsoft.graph.directoryRole", "id": "x", "roleTemplateId": "r", "displayName": "Reader"}
ODD: list[Any] = [None, 7, True, "", "\u0000", [None], {}]
MISSING = object()
# Whole entries of the lists that say what protects a user, with the fields whose absence may hide it.
PROTECTING: dict[str, dict[str, Any]] = {
    f"{USER}/transitiveMemberOf": ROLE,
    ASSIGNMENTS: ASSIGNED,
    ELIGIBLE: ASSIGNED,
    ELIGIBLE_GROUPS: {"id": "x", "accessId": "member", "principalId": ANNA, "groupId": "g", "memberType": "direct"},
    GROUPS: GROUP,
}
USER_FIELDS = (
    "displayName",
    "mail",
    "usageLocation",
    "preferredLanguage",
    "accountEnabled",
    "isManagementRestricted",
    "userType",
    "lastPasswordChangeDateTime",
    "id",
    "userPrincipalName",
)


def changed(entry: dict[str, Any], field: str, value: object) -> dict[str, Any]:
    others = {name: kept for name, kept in entry.items() if name != field}
    return others if value is MISSING else {**others, field: value}


async def read(odd: OddReach) -> UserState | None:
    """Reads Anna's state, and nothing of it from an earlier reading; None where the answer was a fault of ours."""
    odd.clock.move(seconds=LONGEST_AGE)
    try:
        state = await odd.directory.read_state(UserKey(id=ANNA))
    except MfaPhoneError:
        return None
    assert isinstance(state, UserState)
    return state


@pytest.mark.parametrize("field", USER_FIELDS)
async def test_a_user_with_an_odd_value_is_read_or_faulty(odd: OddReach, field: str) -> None:
    for value in (*ODD, MISSING, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        odd.far.says("GET", USER, answer(200, json.dumps(changed(NAMED, field, value))))
        await read(odd)


@pytest.mark.parametrize(("path", "entry"), PROTECTING.items(), ids=PROTECTING)
async def test_an_entry_that_protects_never_vanishes_for_an_odd_value(
    odd: OddReach, path: str, entry: dict[str, Any]
) -> None:
    """It is a role, a group, or a fault; only another `@odata.type` makes it another thing."""
    for field in (name for name in entry if name != "@odata.type"):
        for value in (*ODD, MISSING):
            odd.far.says("GET", path, answer(200, json.dumps({"value": [changed(entry, field, value)]})))
            state = await read(odd)
            assert state is None or state.roles or state.groups, (field, value)


@pytest.mark.parametrize(("path", "holding"), [(ASSIGNMENTS, Holding.ACTIVE), (ELIGIBLE, Holding.ELIGIBLE)])
async def test_an_assignment_of_which_graph_tells_nothing_is_a_role(odd: OddReach, path: str, holding: Holding) -> None:
    odd.far.says("GET", path, answer(200, '{"value": [{"id": "x"}]}'))
    state = await read(odd)
    assert state is not None
    assert state.roles == (DirectoryRole("", "", holding),)


@pytest.mark.parametrize("path", [ASSIGNMENTS, ELIGIBLE])
async def test_a_role_whose_definition_is_odd_is_still_a_role(odd: OddReach, path: str) -> None:
    for field in DEFINITION:
        for value in (*ODD, MISSING):
            row = {**ASSIGNED, "roleDefinition": changed(DEFINITION, field, value)}
            odd.far.says("GET", path, answer(200, json.dumps({"value": [row]})))
            state = await read(odd)
            assert state is None or state.roles, (field, value)


@pytest.mark.parametrize(
    "path", [path for path in ENTRIES if path not in PROTECTING], ids=lambda path: path.rpartition("/")[2]
)
async def test_a_method_with_an_odd_value_is_read_or_faulty(odd: OddReach, path: str) -> None:
    for field in ENTRIES[path]:
        for value in (*ODD, MISSING):
            odd.far.says("GET", path, answer(200, json.dumps({"value": [changed(ENTRIES[path], field, value)]})))
            await read(odd)


async def test_a_group_that_may_be_joined_is_told_however_odd_it_is(odd: OddReach) -> None:
    row = PROTECTING[ELIGIBLE_GROUPS]
    odd.far.says("GET", ELIGIBLE_GROUPS, answer(200, json.dumps({"value": [row]})))
    for field in ("id", "displayName", "isAssignableToRole"):
        for value in (*ODD, MISSING):
            group = changed({"id": "g", "displayName": "Tier 0", "isAssignableToRole": True}, field, value)
            odd.far.says("GET", "/groups/g", answer(200, json.dumps(group)))
            state = await read(odd)
            assert state is None or state.groups, (field, value)
