"""Reads the directory roles that a user holds, directly or through groups."""

from urllib.parse import urlsplit

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.directory_object_collection_response import DirectoryObjectCollectionResponse
from msgraph.generated.models.directory_role import DirectoryRole as GraphRole
from msgraph.generated.users.item.transitive_member_of.transitive_member_of_request_builder import (
    TransitiveMemberOfRequestBuilder,
)
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import DirectoryRole
from shared.errors import DirectoryUnavailableError
from shared.graph.calls import GraphCalls

# The largest page that Graph serves here.
_PAGE = 999


class GraphRoles:
    """Memberships, read whole and sorted out here.

    A cast to directoryRole in the path is an advanced query: it asks the eventually consistent index, which may not
    know yet who became an administrator (https://learn.microsoft.com/graph/aad-advanced-queries).
    """

    def __init__(self, client: GraphServiceClient, calls: GraphCalls, endpoint: str) -> None:
        self._client = client
        self._calls = calls
        self._origin = _origin(endpoint)

    async def of(self, user_id: str) -> tuple[DirectoryRole, ...]:
        """Reads all roles of a user. Raises TransientError."""
        memberships = self._client.users.by_user_id(user_id).transitive_member_of
        parameters = TransitiveMemberOfRequestBuilder.TransitiveMemberOfRequestBuilderGetQueryParameters(top=_PAGE)
        request = RequestConfiguration(query_parameters=parameters)
        page = await self._calls(lambda: memberships.get(request))
        roles = _roles(page)
        while link := page.odata_next_link:
            following = memberships.with_url(self._own(link))
            page = await self._calls(following.get)
            roles += _roles(page)
        return tuple(roles)

    def _own(self, link: str) -> str:
        """Follows a link only to where the first page came from; elsewhere the call would go out without a token."""
        if _origin(link) != self._origin:
            message = "Microsoft Graph sent a link to another host."
            raise DirectoryUnavailableError(message)
        return link


def _roles(page: DirectoryObjectCollectionResponse) -> list[DirectoryRole]:
    return [
        DirectoryRole(entry.role_template_id or "", entry.display_name or "")
        for entry in page.value or []
        if isinstance(entry, GraphRole)
    ]


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
