"""What reading one user's state costs Graph, and that what can go out together does."""

import asyncio
import json
from collections import Counter

import pytest

from shared.directory_user import UserState
from shared.messages.change_request import UserKey
from shared.settings import Settings
from tests.contract.directory.conftest import ANNA, Reach
from tests.contract.directory.far_end import FarEnd, answer, reaching

STATE = {
    "/users/{id}/authentication/phoneMethods",
    "/users/{id}/authentication/methods",
    "/users/{id}/transitiveMemberOf",
    "/roleManagement/directory/roleAssignments",
    "/roleManagement/directory/roleEligibilitySchedules",
    "/identityGovernance/privilegedAccess/group/eligibilitySchedules",
}
# What the first state of a worker costs besides, in a tenant with one role-assignable group.
OWNERS = ("/groups", "/groups/{id}/owners")
DELETED = "/directory/deletedItems/microsoft.graph.user"
EMPTY = '{"value": []}'
USER = json.dumps({"id": ANNA, "userPrincipalName": "a@b.c"})
LONG = 5.0


def templates(reach: Reach) -> Counter[str]:
    return Counter(
        record.path.replace("{user-id}", "{id}").replace("{group-id}", "{id}") for record in reach.graph.requests
    )


@pytest.mark.parametrize(
    ("key", "found_by"),
    [(UserKey(id=ANNA), "/users/{id}"), (UserKey(employeeId="1'001"), "/users")],
    ids=["by id", "by employee id"],
)
async def test_a_state_costs_seven_calls_unless_there_are_groups_that_the_user_may_join(
    reach: Reach, key: UserKey, found_by: str
) -> None:
    """The first one reads the owners of groups for all that follow."""
    assert isinstance(await reach.directory.read_state(key), UserState)
    assert templates(reach) == Counter([found_by, *STATE, *OWNERS])
    reach.graph.requests.clear()
    assert isinstance(await reach.directory.read_state(key), UserState)
    assert templates(reach) == Counter([found_by, *STATE])


async def test_each_group_that_the_user_may_join_costs_one_call_more(reach: Reach) -> None:
    assert isinstance(await reach.directory.read_state(UserKey(userPrincipalName="boss@contoso.example")), UserState)
    assert templates(reach) == Counter(["/users/{id}", "/groups/{id}", *STATE, *OWNERS])


@pytest.mark.parametrize(
    ("key", "calls"),
    [
        (UserKey(employeeId="2"), ["/users"]),
        (UserKey(employeeId="404"), ["/users", DELETED]),
        (UserKey(userPrincipalName="nobody@contoso.example"), ["/users/{id}", DELETED]),
    ],
    ids=["ambiguous", "absent by employee id", "absent by name"],
)
async def test_who_is_not_one_user_costs_no_more_than_finding_that_out(
    reach: Reach, key: UserKey, calls: list[str]
) -> None:
    await reach.directory.read_state(key)
    assert list(templates(reach).elements()) == calls


async def test_what_does_not_depend_on_another_answer_goes_out_together(settings: Settings) -> None:
    """The far end answers none of the seven until all of them are there, the list of groups among them."""
    at_once = len(STATE) + 1
    together, asked = asyncio.Barrier(at_once), list[str]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = (await reader.readuntil(b"\r\n\r\n")).decode().split(" ")[1].removeprefix("/v1.0")
        asked.append(target)
        is_user = target.startswith(f"/users/{ANNA}?")
        if not is_user:
            await asyncio.wait_for(together.wait(), LONG)
        writer.write(answer(200, USER if is_user else EMPTY))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    far = FarEnd(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0")
    async with reaching(far, settings, graph_timeout_seconds=LONG, graph_concurrency=at_once) as odd:
        assert isinstance(await odd.directory.read_state(UserKey(id=ANNA)), UserState)
    assert len(asked) == 1 + at_once
    server.close()
