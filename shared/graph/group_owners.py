"""Reads who owns the groups that policy goes by: the role-assignable ones, and those that it lists.

An application may not ask a user what they own ("Application: Not supported",
https://learn.microsoft.com/graph/api/user-list-ownedobjects), so the groups are asked.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
from msgraph.generated.groups.item.owners.owners_request_builder import OwnersRequestBuilder
from msgraph.generated.models.directory_object import DirectoryObject
from msgraph.generated.models.group import Group
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import DirectoryGroup, Tie
from shared.errors import DirectoryUnavailableError
from shared.graph.calls import GraphCalls
from shared.graph.faults import NotFoundError
from shared.graph.groups import directory_group
from shared.graph.pages import GraphPages

# A basic query, unlike most on groups: https://learn.microsoft.com/graph/aad-advanced-queries#group-properties
ROLE_ASSIGNABLE = "isAssignableToRole eq true"
_FIELDS = ["id", "displayName"]
# The largest page that Graph serves here; a tenant has at most 500 role-assignable groups
# (https://learn.microsoft.com/entra/identity/role-based-access-control/groups-concept).
_PAGE = 999
_OWNER_FIELDS = ["id"]

_LOG = logging.getLogger(__name__)

type Owners = Mapping[str, tuple[DirectoryGroup, ...]]
"""Groups by the id of who owns them, folded as `owner_key` does."""


class GraphGroupOwners:
    """Owners from the groups' side: https://learn.microsoft.com/graph/api/group-list-owners.

    Each group costs a call: `$expand=owners` would cut at 20 of them, and say so nowhere.
    """

    def __init__(self, client: GraphServiceClient, calls: GraphCalls, listed_groups: Iterable[str]) -> None:
        self._groups = client.groups
        self._pages = GraphPages(client, calls)
        self._listed = tuple(listed_groups)
        # Half of the slots, so that the changes under way find one within a call's time while hundreds are asked.
        self._at_once = max(1, calls.concurrency // 2)
        self._told_missing: set[str] = set()

    async def read(self) -> Owners:
        """Reads all owners, or none. Raises TransientError, DirectoryRefusedError too where Graph refuses any part."""
        fault: Exception
        groups, slots = await self._groups_that_count(), asyncio.Semaphore(self._at_once)
        try:
            async with asyncio.TaskGroup() as reads:
                parts = [reads.create_task(self._owners_of(group, slots)) for group in groups]
            return _by_owner(zip(groups, (part.result() for part in parts), strict=True))
        except ExceptionGroup as faults:
            fault = faults.exceptions[0]
        raise fault

    async def _groups_that_count(self) -> list[DirectoryGroup]:
        parameters = GroupsRequestBuilder.GroupsRequestBuilderGetQueryParameters(
            filter=ROLE_ASSIGNABLE, select=_FIELDS, top=_PAGE
        )
        found = await self._pages.read(self._groups, RequestConfiguration(query_parameters=parameters))
        assignable = [_role_assignable(group) for group in found]
        known = {group.id.casefold() for group in assignable}
        listed = [group_id for group_id in self._listed if group_id.casefold() not in known]
        return [
            *assignable,
            *(DirectoryGroup(group_id, "", role_assignable=False, tie=Tie.OWNER) for group_id in listed),
        ]

    async def _owners_of(self, group: DirectoryGroup, slots: asyncio.Semaphore) -> list[str]:
        parameters = OwnersRequestBuilder.OwnersRequestBuilderGetQueryParameters(select=_OWNER_FIELDS)
        request = RequestConfiguration(query_parameters=parameters)
        try:
            async with slots:
                owners = await self._pages.read(self._groups.by_group_id(group.id).owners, request)
        except NotFoundError:
            owners = self._of_missing(group)
        return [_key(owner) for owner in owners]

    def _of_missing(self, group: DirectoryGroup) -> list[DirectoryObject]:
        """Lets a group of policy's list be gone, and says so once; one that Graph has just listed must be there."""
        if group.role_assignable:
            message = "Microsoft Graph does not know a group that it has just listed."
            raise DirectoryUnavailableError(message)
        if group.id not in self._told_missing:
            self._told_missing.add(group.id)
            _LOG.warning("Policy lists the group %s, which is not in the directory: nobody owns it.", group.id)
        return []


def owner_key(user_id: str) -> str:
    """Gives the key of an owner."""
    return user_id.casefold()


def _role_assignable(group: Group) -> DirectoryGroup:
    """Reads a group that the filter found; that it is role-assignable never changes."""
    return replace(directory_group(group, Tie.OWNER), role_assignable=True)


def _key(owner: DirectoryObject) -> str:
    """Reads the id of an owner, who may also be an application: no user has its id."""
    if not owner.id:
        message = "Microsoft Graph lists an owner without an id."
        raise DirectoryUnavailableError(message)
    return owner_key(owner.id)


def _by_owner(found: Iterable[tuple[DirectoryGroup, list[str]]]) -> Owners:
    owners: dict[str, tuple[DirectoryGroup, ...]] = {}
    for group, keys in found:
        for key in keys:
            owners[key] = (*owners.get(key, ()), group)
    return owners
