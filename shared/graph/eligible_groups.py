"""Reads the groups that a user may join by activating a membership or an ownership (PIM for Groups).

Until then no membership shows it, and through a role-assignable group it is a directory role that is activated.
"""

from collections.abc import Iterable

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.groups.item.group_item_request_builder import GroupItemRequestBuilder
from msgraph.generated.identity_governance.privileged_access.group.eligibility_schedules import (
    eligibility_schedules_request_builder as schedules,
)
from msgraph.generated.models.privileged_access_group_eligibility_schedule import (
    PrivilegedAccessGroupEligibilitySchedule,
)
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import DirectoryGroup, Tie
from shared.errors import DirectoryRefusedError, DirectoryUnavailableError
from shared.graph.answers import answered
from shared.graph.calls import GraphCalls
from shared.graph.groups import directory_group
from shared.graph.pages import GraphPages
from shared.graph.role_assignments import of_holder
from shared.graph.standing import Standing

_FIELDS = ["id", "displayName", "isAssignableToRole"]


class GraphEligibleGroups:
    """Eligible memberships and ownerships of groups, by their holder.

    https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-eligibilityschedules
    """

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._client = client
        self._calls = calls
        self._pages = GraphPages(client, calls)

    async def of(self, user_id: str) -> Standing:
        """Reads the groups, each with a call of its own. Raises TransientError.

        PIM can expand them, but nothing says whether what it then leaves out of a group is a no.
        """
        builder = schedules.EligibilitySchedulesRequestBuilder
        parameters = builder.EligibilitySchedulesRequestBuilderGetQueryParameters(filter=of_holder(user_id))
        request = RequestConfiguration(query_parameters=parameters)
        found = self._client.identity_governance.privileged_access.group.eligibility_schedules
        group_ids = _group_ids(await self._pages.read(found, request))
        return Standing(groups=tuple([await self._group(group_id) for group_id in group_ids]))

    async def _group(self, group_id: str) -> DirectoryGroup:
        """Reads a group; of one that Graph refuses to show, it stays unknown whether it holds roles."""
        parameters = GroupItemRequestBuilder.GroupItemRequestBuilderGetQueryParameters(select=_FIELDS)
        request = RequestConfiguration(query_parameters=parameters)
        try:
            found = await self._calls(lambda: self._client.groups.by_group_id(group_id).get(request))
        except DirectoryRefusedError:
            return DirectoryGroup(group_id, "", None, Tie.POSSIBLE)
        return directory_group(answered(found), Tie.POSSIBLE)


def _group_ids(rows: Iterable[PrivilegedAccessGroupEligibilitySchedule]) -> tuple[str, ...]:
    """Gives each group once, also where the user may become both member and owner."""
    ids = tuple(dict.fromkeys(row.group_id for row in rows))
    if not all(ids):
        message = "Microsoft Graph lists an eligibility for a group without the group's id."
        raise DirectoryUnavailableError(message)
    return tuple(group_id for group_id in ids if group_id)
