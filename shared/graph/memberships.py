"""Reads the groups that a user is in and the directory roles that the user holds, directly or through groups."""

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.directory_role import DirectoryRole as GraphRole
from msgraph.generated.users.item.transitive_member_of.transitive_member_of_request_builder import (
    TransitiveMemberOfRequestBuilder,
)
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import DirectoryRole, Tie
from shared.graph.calls import GraphCalls
from shared.graph.groups import groups_among
from shared.graph.pages import GraphPages
from shared.graph.standing import Standing

# The largest page that Graph serves here.
_PAGE = 999


class GraphMemberships:
    """Memberships, read whole and sorted out here.

    A cast to directoryRole or group in the path is an advanced query: it asks the eventually consistent index, which
    may not know yet who became an administrator (https://learn.microsoft.com/graph/aad-advanced-queries).
    """

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._client = client
        self._pages = GraphPages(client, calls)

    async def of(self, user_id: str) -> Standing:
        """Reads all memberships; a role without a name stays, because policy must see it. Raises TransientError."""
        parameters = TransitiveMemberOfRequestBuilder.TransitiveMemberOfRequestBuilderGetQueryParameters(top=_PAGE)
        request = RequestConfiguration(query_parameters=parameters)
        entries = await self._pages.read(self._client.users.by_user_id(user_id).transitive_member_of, request)
        groups = groups_among(entries, Tie.MEMBER)
        roles = [entry for entry in entries if isinstance(entry, GraphRole)]
        return Standing(
            tuple(DirectoryRole(role.role_template_id or "", role.display_name or "") for role in roles), groups
        )
