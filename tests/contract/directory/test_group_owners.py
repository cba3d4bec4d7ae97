"""Who owns a group that policy goes by is found by asking the groups, once for all users of some minutes."""

import asyncio
import json
import logging
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from local.graph.server import Graph
from shared.directory_user import DirectoryGroup, Tie, Undetermined, UserState
from shared.errors import DirectoryThrottledError, DirectoryUnavailableError
from shared.graph.owned_groups import LONGEST_AGE
from shared.messages.change_request import UserKey
from shared.settings import Settings
from tests.contract.directory.conftest import ANNA, GROUPS, Reach
from tests.contract.directory.far_end import FarEnd, OddReach, answer, reaching
from tests.contract.directory.test_deadlines import SILENCE
from tests.contract.directory.test_pages import GROUP, page

ANNAS = UserKey(id=ANNA)
BOARD = "00000000-0000-4000-8000-0000000000f1"
STAFF = "00000000-0000-4000-8000-0000000000f2"
GONE = "00000000-0000-4000-8000-0000000000f3"
OWNERS = "/groups/{id}/owners"
OF_G = "/groups/g/owners"
# More owners than Graph puts on a page.
CROWD = 120
MANY = 500
NO_IDS: list[Any] = [None, 7, True, "", [ANNA], {}]
LONG = 20.0
SLOW = 3.0
LATENCY = SLOW / 20


@pytest.fixture
def tenant(tenant: dict[str, Any]) -> dict[str, Any]:
    tenant["users"] += [{"userPrincipalName": f"{number}@contoso.example"} for number in range(CROWD)]
    owners = [user["userPrincipalName"] for user in tenant["users"][-CROWD:]]
    tenant["groups"] += [
        {"id": BOARD, "displayName": "Board", "isAssignableToRole": True, "owners": owners},
        {"id": STAFF, "displayName": "Staff", "owners": [ANNA, owners[0]]},
    ]
    return tenant


async def state_of(reach: Reach | OddReach, key: UserKey = ANNAS) -> UserState:
    state = await reach.directory.read_state(key)
    assert isinstance(state, UserState)
    return state


async def owned(reach: Reach | OddReach, key: UserKey = ANNAS) -> list[DirectoryGroup]:
    state = await state_of(reach, key)
    assert state.undetermined == frozenset()
    return [group for group in state.groups if group.tie is Tie.OWNER]


def asked(graph: Graph) -> Counter[str]:
    return Counter(record.path for record in graph.requests if record.path.startswith(GROUPS))


def give(reach: Reach, group_id: str) -> None:
    """Makes Anna an owner of one group alone."""
    user = reach.graph.state.tenant.user(ANNA)
    assert user is not None
    user.owns = (group_id,)


@pytest.mark.parametrize("number", [0, CROWD - 1], ids=["first", "beyond the first page"])
async def test_every_owner_of_a_role_assignable_group_is_one(reach: Reach, number: int) -> None:
    key = UserKey(userPrincipalName=f"{number}@contoso.example")
    assert await owned(reach, key) == [DirectoryGroup(BOARD, "Board", role_assignable=True, tie=Tie.OWNER)]


async def test_an_ordinary_group_whose_owners_policy_does_not_ask_for_is_not_asked(reach: Reach) -> None:
    assert await owned(reach) == []
    assert asked(reach.graph)["/groups/{group-id}/owners"] == 3, "of Tier 0 one page, of Board two"


@pytest.mark.parametrize("listed_groups", [[STAFF, BOARD], [STAFF.upper(), BOARD.upper()]], ids=["small", "capitals"])
async def test_a_group_that_policy_lists_is_asked_once_whatever_it_is(reach: Reach, listed_groups: list[str]) -> None:
    assert await owned(reach) == [DirectoryGroup(listed_groups[0], "", role_assignable=False, tie=Tie.OWNER)]
    both = await owned(reach, UserKey(userPrincipalName="0@contoso.example"))
    assert [(group.id.lower(), group.role_assignable) for group in both] == [(BOARD, True), (STAFF, False)]
    assert asked(reach.graph)["/groups/{group-id}/owners"] == 4


@pytest.mark.parametrize("listed_groups", [[GONE, STAFF]])
async def test_a_listed_group_that_is_gone_has_no_owners_and_is_told_once(
    reach: Reach, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert [group.id for group in await owned(reach)] == [STAFF]
            reach.clock.move(seconds=LONGEST_AGE)
    assert caplog.text.count(GONE) == 1


async def test_a_group_that_graph_has_just_listed_and_does_not_know_is_waited_for(odd: OddReach) -> None:
    odd.far.says("GET", GROUPS, page(odd, GROUPS, GROUP))
    odd.far.says("GET", OF_G, answer(404, '{"error": {"code": "Request_ResourceNotFound", "message": "?"}}'))
    with pytest.raises(DirectoryUnavailableError, match="just listed"):
        await state_of(odd)


async def test_whoever_became_an_owner_is_seen_after_five_minutes_at_the_latest(reach: Reach) -> None:
    assert await owned(reach) == []
    give(reach, BOARD)
    reach.graph.requests.clear()
    reach.clock.move(seconds=LONGEST_AGE / 2 - 1)
    assert await owned(reach) == []
    assert asked(reach.graph) == Counter()
    reach.clock.move(seconds=LONGEST_AGE / 2 + 1)
    assert [group.id for group in await owned(reach)] == [BOARD]
    assert LONGEST_AGE == 5 * 60


async def test_a_group_that_was_made_since_is_seen_as_well(odd: OddReach) -> None:
    assert await owned(odd) == []
    odd.far.says("GET", GROUPS, page(odd, GROUPS, GROUP))
    odd.clock.move(seconds=LONGEST_AGE)
    assert [group.id for group in await owned(odd)] == ["g"]


async def test_twenty_first_reads_at_once_ask_for_owners_once(reach: Reach) -> None:
    states = await asyncio.gather(*(state_of(reach) for _ in range(20)))
    assert {state.undetermined for state in states} == {frozenset()}
    assert asked(reach.graph) == Counter({"/groups": 1, "/groups/{group-id}/owners": 3})


@pytest.mark.parametrize("path", [GROUPS, OWNERS])
async def test_owners_who_cannot_be_read_anew_stay_for_five_minutes_and_no_longer(
    reach: Reach, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    give(reach, BOARD)
    await state_of(reach)
    reach.fail(match={"path": path}, status=503, times=None)
    reach.clock.move(seconds=LONGEST_AGE - 1)
    with caplog.at_level(logging.WARNING):
        async with asyncio.timeout(LONG):
            while "the owners of groups failed" not in caplog.text:
                assert [group.id for group in await owned(reach)] == [BOARD]
    reach.clock.move(seconds=1)
    with pytest.raises(DirectoryUnavailableError):
        await state_of(reach)
    reach.graph.state.faults.clear()
    assert [group.id for group in await owned(reach)] == [BOARD]


async def test_a_permission_that_is_taken_away_leaves_the_owners_open_after_five_minutes(reach: Reach) -> None:
    await state_of(reach)
    reach.fail(match={"path": GROUPS}, status=403, code="Authorization_RequestDenied", times=None)
    reach.clock.move(seconds=LONGEST_AGE)
    assert (await state_of(reach)).undetermined == {Undetermined.OWNED_GROUPS}


@pytest.mark.parametrize(
    ("status", "code"), [(400, "Directory_ExpiredPageToken"), (403, "Authorization_RequestDenied"), (503, "x")]
)
async def test_owners_of_whom_the_second_page_is_missing_are_waited_for(odd: OddReach, status: int, code: str) -> None:
    odd.far.says("GET", GROUPS, page(odd, GROUPS, GROUP))
    broken = answer(status, json.dumps({"error": {"code": code, "message": "?"}}))
    odd.far.says(
        "GET", OF_G, page(odd, OF_G, more=True), broken, page(odd, OF_G, more=True), page(odd, OF_G, {"id": ANNA})
    )
    with pytest.raises(DirectoryUnavailableError):
        await state_of(odd)
    assert [group.id for group in await owned(odd)] == ["g"]


@pytest.mark.parametrize("owner", [{"displayName": "Anna"}, *({"id": value} for value in NO_IDS)])
async def test_an_owner_without_an_id_stops_the_reading(odd: OddReach, owner: dict[str, Any]) -> None:
    odd.far.says("GET", GROUPS, page(odd, GROUPS, GROUP))
    odd.far.says("GET", OF_G, page(odd, OF_G, owner))
    with pytest.raises(DirectoryUnavailableError, match=r"owner without an id|no answer that can be read"):
        await state_of(odd)


async def test_an_application_among_the_owners_harms_nobody(odd: OddReach) -> None:
    odd.far.says("GET", GROUPS, page(odd, GROUPS, GROUP))
    application = {"@odata.type": "#microsoft.graph.servicePrincipal", "id": "an-app"}
    odd.far.says(
        "GET", OF_G, page(odd, OF_G, application, {"@odata.type": "#microsoft.graph.user", "id": ANNA.upper()})
    )
    assert [group.id for group in await owned(odd)] == ["g"]


async def test_throttling_in_the_middle_of_the_owners_silences_the_instance(reach: Reach) -> None:
    reach.fail(match={"path": OWNERS}, status=429, retryAfter="11")
    with pytest.raises(DirectoryThrottledError) as fault:
        await state_of(reach)
    assert fault.value.retry_after == 11
    reach.clock.move(seconds=11)
    assert await owned(reach) == []


async def test_a_change_finds_a_slot_while_hundreds_of_groups_are_asked(far: FarEnd, settings: Settings) -> None:
    """Half of the slots are enough to ask groups."""
    many = [{**GROUP, "id": f"g{number}"} for number in range(MANY)]
    async with reaching(far, settings, graph_concurrency=4) as odd:
        far.says("GET", GROUPS, page(odd, GROUPS, *many))
        far.says("GET", "/owners", SILENCE)
        first = asyncio.create_task(odd.directory.read_state(ANNAS))
        async with asyncio.timeout(LONG):
            while not any("/owners?" in target for _, target in far.asked):
                await odd.users.user(ANNA)
        await odd.directory.read_phones(ANNA)
        assert sum("/owners?" in target for _, target in far.asked) <= 2, "they keep their slots until their time is up"
        assert not first.done()
        first.cancel()


async def test_the_owners_of_very_many_groups_are_found_by_a_later_attempt(far: FarEnd, settings: Settings) -> None:
    """An attempt ends in its time, the reading goes on, and none begins it again."""
    in_a_hurry = asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Lets each call wait, as long as the first attempt lasts: all of them together for longer than that."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LATENCY):
                await in_a_hurry.wait()
        await far.serve(reader, writer)

    server = await asyncio.start_server(slow, "127.0.0.1", 0)
    far.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    found = list[DirectoryGroup]()
    async with server, reaching(far, settings, graph_timeout_seconds=SLOW, graph_concurrency=4) as odd:
        far.says("GET", GROUPS, page(odd, GROUPS, *({**GROUP, "id": f"g{number}"} for number in range(MANY))))
        far.says("GET", f"/groups/g{MANY - 1}/owners", page(odd, OF_G, {"id": ANNA}))
        far.says("GET", "/owners", page(odd, OF_G))
        with pytest.raises(DirectoryUnavailableError, match="the user's state could not be read"):
            await owned(odd)
        in_a_hurry.set()
        async with asyncio.timeout(LONG):
            while not found:
                with suppress(DirectoryUnavailableError):
                    found = await owned(odd)
    assert [group.id for group in found] == [f"g{MANY - 1}"]
    paths = Counter(target.partition("?")[0].rpartition("/")[2] for _, target in far.asked)
    assert (paths["groups"], paths["owners"]) == (1, MANY)
