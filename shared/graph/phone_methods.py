"""Phone methods: the one module that writes clear numbers to Microsoft Graph.

https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod
"""

from msgraph.generated.models.authentication_phone_type import AuthenticationPhoneType
from msgraph.generated.models.phone_authentication_method import PhoneAuthenticationMethod
from msgraph.generated.users.item.authentication.authentication_request_builder import AuthenticationRequestBuilder
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import StoredPhone
from shared.errors import DirectoryUnavailableError
from shared.graph.answers import answered
from shared.graph.calls import GraphCalls
from shared.graph.faults import NotFoundError
from shared.graph.pages import GraphPages
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import METHOD_IDS, PhoneType

_PHONE_TYPES = {method_id: phone_type for phone_type, method_id in METHOD_IDS.items()}
_USER_NOT_FOUND = "Request_ResourceNotFound"


class GraphPhoneMethods:
    """A user's phones, by their fixed ids."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._client = client
        self._calls = calls
        self._pages = GraphPages(client, calls)

    async def of(self, user_id: str) -> tuple[StoredPhone, ...]:
        """Reads the phones; a user has at most one of each type. Raises TransientError."""
        phones = tuple(stored_phone(method) for method in await self._pages.read(self._of(user_id).phone_methods))
        if len({phone.phone_type for phone in phones}) < len(phones):
            message = "Microsoft Graph lists two phones of one type."
            raise DirectoryUnavailableError(message)
        return phones

    async def create(self, user_id: str, phone_type: PhoneType, number: PhoneNumber) -> None:
        """Adds a phone of a type that the user does not have (POST)."""
        answered(await self._calls(lambda: self._of(user_id).phone_methods.post(_method(phone_type, number))))

    async def replace(self, user_id: str, phone_type: PhoneType, number: PhoneNumber) -> None:
        """Changes a phone in place (PATCH): the user is never without it, and a default method stays the default."""
        method = self._of(user_id).phone_methods.by_phone_authentication_method_id(METHOD_IDS[phone_type])
        await self._calls(lambda: method.patch(_method(phone_type, number)))

    async def remove(self, user_id: str, phone_type: PhoneType) -> None:
        """Removes a phone (DELETE); that it was gone already is as good, but not that the user is unknown."""
        method = self._of(user_id).phone_methods.by_phone_authentication_method_id(METHOD_IDS[phone_type])
        try:
            await self._calls(method.delete)
        except NotFoundError as fault:
            if fault.code == _USER_NOT_FOUND:
                raise

    def _of(self, user_id: str) -> AuthenticationRequestBuilder:
        return self._client.users.by_user_id(user_id).authentication


def _method(phone_type: PhoneType, number: PhoneNumber) -> PhoneAuthenticationMethod:
    return PhoneAuthenticationMethod(
        phone_number=number.in_clear(), phone_type=AuthenticationPhoneType(phone_type.value)
    )


def stored_phone(method: PhoneAuthenticationMethod) -> StoredPhone:
    """Reads a phone method. Raises TransientError where its id is none of the three fixed ones."""
    phone_type = _PHONE_TYPES.get(str(method.id).lower())
    if phone_type is None:
        message = "Microsoft Graph lists a phone method whose id is none of the three fixed ones."
        raise DirectoryUnavailableError(message)
    text = method.phone_number or ""
    number = PhoneNumber.from_graph(text)
    return StoredPhone(phone_type, number, number is not None and number.is_written_as_graph_documents(text))
