"""Reads one user's phones with their numbers, for a request that writes one of them anew."""

from msgraph.generated.models.phone_authentication_method import PhoneAuthenticationMethod
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import StoredPhone
from shared.graph.calls import GraphCalls
from shared.graph.pages import GraphPages
from shared.graph.phone_methods import stored_phone


class GraphPhoneReader:
    """The phones of single users, by the one permission that the sweep reads methods with.

    The numbers go into the body of a request, and nowhere else.
    """

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._client = client
        self._pages = GraphPages(client, calls)

    async def read_phones(self, user_id: str) -> tuple[StoredPhone, ...]:
        """Reads them. Raises TransientError, and DirectoryRefusedError where they may not be read."""
        methods = await self._pages.read(self._client.users.by_user_id(user_id).authentication.methods)
        return tuple(stored_phone(method) for method in methods if isinstance(method, PhoneAuthenticationMethod))
