"""Reads the methods that a user has besides phones and the password.

https://learn.microsoft.com/graph/api/resources/authenticationmethods-overview
"""

from msgraph.generated.models.authentication_method import AuthenticationMethod
from msgraph.graph_service_client import GraphServiceClient

from shared.errors import DirectoryUnavailableError
from shared.graph.calls import GraphCalls
from shared.graph.pages import GraphPages

_TYPE_PREFIX = "#microsoft.graph."
# A type that is not listed is left out, so that it never counts as a way to sign in: Graph's types are an open set,
# and some of them are no second factor, such as qrCodePinAuthenticationMethod.
LISTED_METHODS = frozenset(
    {
        "emailAuthenticationMethod",  # reported, but no way to sign in: policy's rules know it by this name
        "externalAuthenticationMethod",
        "fido2AuthenticationMethod",
        "hardwareOathAuthenticationMethod",
        "microsoftAuthenticatorAuthenticationMethod",
        "platformCredentialAuthenticationMethod",
        "softwareOathAuthenticationMethod",
        "temporaryAccessPassAuthenticationMethod",  # as email
        "windowsHelloForBusinessAuthenticationMethod",
    }
)


class GraphOtherMethods:
    """The methods of a user by the names of their types."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._client = client
        self._pages = GraphPages(client, calls)

    async def of(self, user_id: str) -> tuple[str, ...]:
        """Reads the type names that are in LISTED_METHODS. Raises TransientError."""
        methods = await self._pages.read(self._client.users.by_user_id(user_id).authentication.methods)
        names = [_type_name(method) for method in methods]
        return tuple(name for name in names if name in LISTED_METHODS)


def _type_name(method: AuthenticationMethod) -> str:
    if not method.odata_type:
        message = "Microsoft Graph lists an authentication method without its type."
        raise DirectoryUnavailableError(message)
    return str(method.odata_type).removeprefix(_TYPE_PREFIX)
