"""Every list behind a decision is read to its end, or not at all."""

import json
from typing import Any

import pytest

from shared.directory_user import UserState
from shared.errors import DirectoryThrottledError, DirectoryUnavailableError
from shared.graph.owned_groups import LONGEST_AGE
from shared.messages.change_request import UserKey
from shared.phone.phone_type import METHOD_IDS, PhoneType
from tests.contract.directory.conftest import ANNA, ASSIGNMENTS, ELIGIBLE, ELIGIBLE_GROUPS, GROUPS
from tests.contract.directory.far_end import OddReach, answer

ANNAS = UserKey(id=ANNA)
PREFIX = "#microsoft.graph."
GROUP = {"@odata.type": f"{PREFIX}group", "id": "g", "displayName": "Tier 0", "isAssignableToRole": True}
PHONE = {"id": METHOD_IDS[PhoneType.MOBILE], "phoneType": "mobile", "phoneNumber": "+49 15123456780"}
ENTRIES: dict[str, dict[str, Any]] = {
    f"/users/{ANNA}/authentication/phoneMethods": PHONE,
    f"/users/{ANNA}/authentication/methods": {"@odata.type": f"{PREFIX}fido2AuthenticationMethod", "id": "x"},
    f"/users/{ANNA}/transitiveMemberOf": {"@odata.type": f"{PREFIX}directoryRole", "id": "x"},
    ASSIGNMENTS: {"id": "x", "roleDefinitionId": "r"},
    ELIGIBLE: {"id": "x", "roleDefinitionId": "r"},
    ELIGIBLE_GROUPS: {"id": "x", "groupId": "g"},
    GROUPS: GROUP,
}


def page(odd: OddReach, path: str, *entries: dict[str, Any], more: bool = False) -> bytes:
    link = {"@odata.nextLink": f"{odd.far.url}{path}?$skiptoken=1"} if more else {}
    return answer(200, json.dumps({"value": entries, **link}))


def found(state: object) -> int:
    assert isinstance(state, UserState)
    return sum(map(len, (state.phones, state.other_methods, state.roles, state.groups)))


@pytest.mark.parametrize("path", ENTRIES)
async def test_lists_are_read_to_the_last_page(odd: OddReach, path: str) -> None:
    """Failure guarded against: an empty first page taken for no phone, no role, no group."""
    assert found(await odd.directory.read_state(ANNAS)) == 0
    odd.far.says("GET", path, page(odd, path, more=True), page(odd, path, ENTRIES[path]))
    odd.clock.move(seconds=LONGEST_AGE)
    assert found(await odd.directory.read_state(ANNAS)) == 1


@pytest.mark.parametrize("path", ENTRIES)
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "Directory_ExpiredPageToken"),
        (403, "Authorization_RequestDenied"),
        (404, "Request_ResourceNotFound"),
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
    ],
)
async def test_a_list_that_breaks_off_is_no_list(odd: OddReach, path: str, status: int, code: str) -> None:
    """Neither half of it, nor "refused": the first page was answered."""
    broken = answer(status, json.dumps({"error": {"code": code, "message": "?"}}))
    odd.far.says("GET", path, page(odd, path, ENTRIES[path], more=True), broken)
    with pytest.raises(DirectoryUnavailableError):
        await odd.directory.read_state(ANNAS)


@pytest.mark.parametrize("path", ENTRIES)
async def test_a_list_that_is_throttled_half_way_is_waited_for(odd: OddReach, path: str) -> None:
    throttled = answer(429, '{"error": {"code": "TooManyRequests", "message": "?"}}', headers={"Retry-After": "9"})
    odd.far.says("GET", path, page(odd, path, ENTRIES[path], more=True), throttled)
    with pytest.raises(DirectoryThrottledError) as fault:
        await odd.directory.read_state(ANNAS)
    assert fault.value.retry_after == 9
