"""Looks for a user among those who were deleted within the last 30 days.

https://learn.microsoft.com/graph/api/directory-deleteditems-list
"""

import re

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from msgraph.generated.directory.deleted_items.graph_user.graph_user_request_builder import GraphUserRequestBuilder
from msgraph.generated.models.user import User
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import UserAbsent, UserAmbiguous, UserDeleted
from shared.errors import DirectoryRefusedError, DirectoryUnavailableError
from shared.graph.answers import answered
from shared.graph.calls import GraphCalls
from shared.graph.faults import NotFoundError
from shared.graph.odata import quoted
from shared.graph.pages import GraphPages
from shared.messages.change_request import UserKey

_FIELDS = ["id", "userPrincipalName"]
_PAGE = 100
# What Entra puts before the name of a user who is deleted: the object id.
_PREFIX = r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"


class GraphDeletedUsers:
    """Users who are in the directory no longer, and whom an administrator may bring back."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._deleted = client.directory.deleted_items
        self._calls = calls
        self._pages = GraphPages(client, calls)

    async def find(self, key: UserKey) -> UserDeleted | UserAbsent | UserAmbiguous:
        """Finds a deleted user by any key; where Graph refuses to look, that is told. Raises TransientError."""
        try:
            found = await self._matching(key)
        except NotFoundError:
            return UserAbsent()
        except DirectoryRefusedError:
            return UserAbsent(perhaps_deleted=True)
        if len(found) > 1:
            return UserAmbiguous(len(found))
        return UserDeleted(_id(found[0])) if found else UserAbsent()

    async def _matching(self, key: UserKey) -> list[User]:
        if key.id is not None:
            return await self._by_id(key.id)
        if key.user_principal_name is not None:
            return await self._by_name(key.user_principal_name)
        return await self._listed(f"employeeId eq {quoted(key.value)}")

    async def _by_id(self, object_id: str) -> list[User]:
        """Reads one deleted object, which may be of any type."""
        found = answered(await self._calls(self._deleted.by_directory_object_id(object_id).get))
        return [found] if isinstance(found, User) else []

    async def _by_name(self, name: str) -> list[User]:
        """Searches by the end of the name, and compares the whole: `anna@` is also the end of `joanna@`."""
        renamed = re.compile(_PREFIX + re.escape(name), re.IGNORECASE)
        users = await self._listed(f"endsWith(userPrincipalName,{quoted(name)})", advanced=True)
        return [user for user in users if renamed.fullmatch(user.user_principal_name or "")]

    async def _listed(self, condition: str, *, advanced: bool = False) -> list[User]:
        parameters = GraphUserRequestBuilder.GraphUserRequestBuilderGetQueryParameters(
            filter=condition, select=_FIELDS, top=_PAGE, count=advanced or None
        )
        headers = HeadersCollection()
        if advanced:  # https://learn.microsoft.com/graph/aad-advanced-queries
            headers.add("ConsistencyLevel", "eventual")
        request = RequestConfiguration(query_parameters=parameters, headers=headers)
        return await self._pages.read(self._deleted.graph_user, request)


def _id(user: User) -> str:
    if not user.id:
        message = "Microsoft Graph names a deleted user without an id."
        raise DirectoryUnavailableError(message)
    return str(user.id)
