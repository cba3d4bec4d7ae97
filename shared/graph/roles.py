"""Reads the directory roles that a user holds, directly or through groups."""

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.directory_role import DirectoryRole as GraphRole
from msgraph.generated.users.item.transitive_member_of.transitive_member_of_request_builder import (
    TransitiveMemberOfRequestBuilder,
)
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import DirectoryRole
from shared.errors import DirectoryUnavailableError
from shared.graph.calls import GraphCalls
from shared.graph.pages import GraphPages

# The largest page that Graph serves here.
_PAGE = 999


class GraphRoles:
    """Memberships, read whole and sorted out here.

    A cast to directoryRole in the path is an advanced query: it asks the eventually consistent index, which may not
    know yet who became an administrator (https://learn.microsoft.com/graph/aad-advanced-queries).
    """

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._client = client
        self._pages = GraphPages(client, calls)

    async def of(self, user_id: str) -> tuple[DirectoryRole, ...]:
        """Reads all roles of a user; one without a name stays, because policy must see it. Raises TransientError."""
        parameters = TransitiveMemberOfRequestBuilder.TransitiveMemberOfRequestBuilderGetQueryParameters(top=_PAGE)
        request = RequestConfiguration(query_parameters=parameters)
        memberships = await self._pages.read(self._client.users.by_user_id(user_id).transitive_member_of, request)
        if not all(entry.odata_type for entry in memberships):
            message = "Microsoft Graph lists a membership without its type: it could be a role."
            raise DirectoryUnavailableError(message)
        return tuple(
            DirectoryRole(entry.role_template_id or "", entry.display_name or "")
            for entry in memberships
            if isinstance(entry, GraphRole)
        )
