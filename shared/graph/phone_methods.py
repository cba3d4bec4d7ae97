"""Phone methods: the one module that writes clear numbers to Microsoft Graph.

https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod
"""

from msgraph.generated.models.authentication_phone_type import AuthenticationPhoneType
from msgraph.generated.models.phone_authentication_method import PhoneAuthenticationMethod
from msgraph.generated.users.item.authentication.authentication_request_builder import AuthenticationRequestBuilder
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import StoredPhone
from shared.graph.calls import GraphCalls, NotFoundError
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import METHOD_IDS, PhoneType

_PHONE_TYPES = {method_id: phone_type for phone_type, method_id in METHOD_IDS.items()}
_TYPE_PREFIX = "#microsoft.graph."
_PHONE_METHOD = "phoneAuthenticationMethod"
_PASSWORD_METHOD = "passwordAuthenticationMethod"  # noqa: S105 - the name of a Graph type


class GraphPhoneMethods:
    """A user's phones, by their fixed ids, and the names of the other methods."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._client = client
        self._calls = calls

    async def phones(self, user_id: str) -> tuple[StoredPhone, ...]:
        """Reads the phones; a user has at most one of each type."""
        page = await self._calls(self._of(user_id).phone_methods.get)
        return tuple(_stored(method) for method in page.value or [] if method.id in _PHONE_TYPES)

    async def other_methods(self, user_id: str) -> tuple[str, ...]:
        """Reads the type names of the methods that are neither phones nor the password."""
        page = await self._calls(self._of(user_id).methods.get)
        names = ((method.odata_type or "").removeprefix(_TYPE_PREFIX) for method in page.value or [])
        return tuple(name for name in names if name not in {_PHONE_METHOD, _PASSWORD_METHOD})

    async def create(self, user_id: str, phone_type: PhoneType, number: PhoneNumber) -> None:
        """Adds a phone of a type that the user does not have (POST)."""
        await self._calls(lambda: self._of(user_id).phone_methods.post(_method(phone_type, number)))

    async def replace(self, user_id: str, phone_type: PhoneType, number: PhoneNumber) -> None:
        """Changes a phone in place (PATCH): the user is never without it, and a default method stays the default."""
        method = self._of(user_id).phone_methods.by_phone_authentication_method_id(METHOD_IDS[phone_type])
        await self._calls(lambda: method.patch(_method(phone_type, number)))

    async def remove(self, user_id: str, phone_type: PhoneType) -> None:
        """Removes a phone (DELETE); that it was gone already is as good."""
        method = self._of(user_id).phone_methods.by_phone_authentication_method_id(METHOD_IDS[phone_type])
        try:
            await self._calls(method.delete)
        except NotFoundError:
            return

    def _of(self, user_id: str) -> AuthenticationRequestBuilder:
        return self._client.users.by_user_id(user_id).authentication


def _method(phone_type: PhoneType, number: PhoneNumber) -> PhoneAuthenticationMethod:
    return PhoneAuthenticationMethod(
        phone_number=number.in_clear(), phone_type=AuthenticationPhoneType(phone_type.value)
    )


def _stored(method: PhoneAuthenticationMethod) -> StoredPhone:
    return StoredPhone(_PHONE_TYPES[method.id], PhoneNumber.from_graph(method.phone_number or ""))
