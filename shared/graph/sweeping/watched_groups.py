"""The groups that policy goes by, and whoever is in them, owns them, or may join them."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_information import RequestInformation
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
from msgraph.generated.groups.item.group_item_request_builder import GroupItemRequestBuilder
from msgraph.generated.groups.item.owners.owners_request_builder import OwnersRequestBuilder
from msgraph.generated.groups.item.transitive_members.transitive_members_request_builder import (
    TransitiveMembersRequestBuilder,
)
from msgraph.generated.identity_governance.privileged_access.group.eligibility_schedules import (
    eligibility_schedules_request_builder as schedules,
)
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import Tie, Undetermined
from shared.errors import DirectoryRefusedError, DirectoryUnavailableError
from shared.graph.answers import answered
from shared.graph.calls import GraphCalls
from shared.graph.faults import NotFoundError
from shared.graph.group_owners import ROLE_ASSIGNABLE
from shared.graph.odata import quoted
from shared.graph.sweeping.json_calls import Row, text_of
from shared.graph.sweeping.lists import GraphLists, identified
from shared.graph.sweeping.reasons import Reason, Refusals

_PAGE = 999
_FIELDS = ["id", "displayName"]
_ID = ["id"]
_USER = "#microsoft.graph.user"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WatchedGroup:
    """A group, and why policy goes by it; `phrases` are the protected roles that it holds or may activate."""

    id: str
    name: str = ""
    phrases: tuple[str, ...] = ()
    role_assignable: bool = False
    listed: bool = False

    def joined_with(self, other: "WatchedGroup") -> "WatchedGroup":
        """Puts together what two sources say of one group."""
        return WatchedGroup(
            self.id,
            self.name or other.name,
            tuple(dict.fromkeys((*self.phrases, *other.phrases))),
            self.role_assignable or other.role_assignable,
            self.listed or other.listed,
        )

    def because(self, tie: Tie) -> list[str]:
        """Says in words for people why somebody with this tie is protected."""
        name = self.name or self.id
        roles = [f"{phrase} through the group {name}" for phrase in self.phrases] if tie is Tie.MEMBER else []
        kinds = [f"{tie} of the role-assignable group {name}"] if self.role_assignable else []
        return [*roles, *kinds, *([f"{tie} of the group {name}, which is on policy's list"] if self.listed else [])]


class GraphWatchedGroups:
    """Groups from their own side: one to three calls for each."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._groups = client.groups
        self._eligible = client.identity_governance.privileged_access.group.eligibility_schedules
        self._calls = calls
        self._lists = GraphLists(client, calls)
        # A tenant may have 500 such groups. Whoever waits here does so outside of the time that a call has.
        self._slots = asyncio.Semaphore(calls.concurrency)

    async def role_assignable(self) -> list[WatchedGroup]:
        """Reads the groups that roles may be given to. Raises TransientError, DirectoryRefusedError."""
        parameters = GroupsRequestBuilder.GroupsRequestBuilderGetQueryParameters(
            filter=ROLE_ASSIGNABLE, select=_FIELDS, top=_PAGE
        )
        request = self._groups.to_get_request_information(RequestConfiguration(query_parameters=parameters))
        found = await self._lists.whole(request)
        return [WatchedGroup(identified(row), text_of(row, "displayName"), role_assignable=True) for row in found]

    async def listed(self, group_id: str) -> list[WatchedGroup]:
        """Reads a group on policy's list for its name; none where it is not in the directory."""
        parameters = GroupItemRequestBuilder.GroupItemRequestBuilderGetQueryParameters(select=_FIELDS)
        request = RequestConfiguration(query_parameters=parameters)
        try:
            async with self._slots:
                found = await self._calls(lambda: self._groups.by_group_id(group_id).get(request))
        except NotFoundError:
            _LOG.warning("Policy lists the group %s, which is not in the directory: nobody is in it.", group_id)
            return []
        except DirectoryRefusedError:
            return [WatchedGroup(group_id, listed=True)]
        return [WatchedGroup(group_id, answered(found).display_name or "", listed=True)]

    async def people_of(self, group: WatchedGroup, refusals: Refusals, *, eligible: bool) -> list[Reason]:
        """Reads who is protected by a group; owners and possible members only where the group itself protects."""
        found = await refusals.or_none(partial(self._members, group), Undetermined.MEMBERSHIPS)
        if group.role_assignable or group.listed:
            found += await refusals.or_none(partial(self._owners, group), Undetermined.OWNED_GROUPS)
            if eligible:
                found += await refusals.or_none(partial(self._possible, group), Undetermined.ELIGIBLE_GROUPS)
        return found

    async def _members(self, group: WatchedGroup) -> list[Reason]:
        parameters = TransitiveMembersRequestBuilder.TransitiveMembersRequestBuilderGetQueryParameters(
            select=_ID, top=_PAGE
        )
        members = self._groups.by_group_id(group.id).transitive_members
        request = members.to_get_request_information(RequestConfiguration(query_parameters=parameters))
        return await self._users_of(group, Tie.MEMBER, request)

    async def _owners(self, group: WatchedGroup) -> list[Reason]:
        parameters = OwnersRequestBuilder.OwnersRequestBuilderGetQueryParameters(select=_ID, top=_PAGE)
        owners = self._groups.by_group_id(group.id).owners
        request = owners.to_get_request_information(RequestConfiguration(query_parameters=parameters))
        return await self._users_of(group, Tie.OWNER, request)

    async def _users_of(self, group: WatchedGroup, tie: Tie, request: RequestInformation) -> list[Reason]:
        """Reads users. A group that only policy's list names may be gone; one that Graph has named must be there."""
        try:
            async with self._slots:
                found = await self._lists.whole(request)
        except NotFoundError:
            if group.role_assignable or group.phrases:
                message = "Microsoft Graph does not know a group that it has just named."
                raise DirectoryUnavailableError(message) from None
            return []
        return _reasons(group, tie, _users_among(found))

    async def _possible(self, group: WatchedGroup) -> list[Reason]:
        """Reads who may activate a membership or an ownership (PIM for Groups).

        A group may be eligible as well; its members are not looked for, neither here nor when a change is decided.
        """
        builder = schedules.EligibilitySchedulesRequestBuilder
        parameters = builder.EligibilitySchedulesRequestBuilderGetQueryParameters(
            filter=f"groupId eq {quoted(group.id)}"
        )
        async with self._slots:
            rows = await self._lists.whole(
                self._eligible.to_get_request_information(RequestConfiguration(query_parameters=parameters))
            )
        return _reasons(group, Tie.POSSIBLE, (identified(row, "principalId") for row in rows))


def _reasons(group: WatchedGroup, tie: Tie, user_ids: Iterable[str]) -> list[Reason]:
    return [Reason(user_id, because) for user_id in user_ids for because in group.because(tie)]


def _users_among(rows: Iterable[Row]) -> list[str]:
    """Gives the users; groups, devices and applications are none, and what does not say what it is could be one."""
    typed = [(identified(row, "@odata.type"), row) for row in rows]
    return [identified(row) for kind, row in typed if kind == _USER]
