"""Finds users, and reads who they are."""

from datetime import UTC, datetime

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.user import User
from msgraph.generated.users.item.manager.manager_request_builder import ManagerRequestBuilder
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import DirectoryUser, UserAbsent, UserAmbiguous
from shared.errors import DirectoryUnavailableError
from shared.graph.answers import answered
from shared.graph.calls import GraphCalls
from shared.graph.faults import NotFoundError
from shared.graph.odata import quoted
from shared.graph.pages import GraphPages
from shared.messages.change_request import UserKey

_FIELDS = [
    "id",
    "userPrincipalName",
    "displayName",
    "mail",
    "usageLocation",
    "preferredLanguage",
    "accountEnabled",
    "isManagementRestricted",
    "userType",
    "lastPasswordChangeDateTime",
]
# More than one match is one too many, so a page need not be large.
_PAGE = 5


class GraphUsers:
    """The users of the directory; serves the change service and the mails' recipients."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._client = client
        self._calls = calls
        self._pages = GraphPages(client, calls)

    async def find(self, key: UserKey) -> DirectoryUser | UserAbsent | UserAmbiguous:
        """Finds a user by object id, user principal name or employee id. Raises TransientError."""
        if key.employee_id is not None:
            return await self._by_employee_id(key.employee_id)
        return await self.user(key.value) or UserAbsent()

    async def user(self, user_id: str) -> DirectoryUser | None:
        """Reads one user by object id or user principal name; None where there is none."""
        parameters = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters(select=_FIELDS)
        request = RequestConfiguration(query_parameters=parameters)
        try:
            found = await self._calls(lambda: self._client.users.by_user_id(user_id).get(request))
        except NotFoundError:
            return None
        return _directory_user(answered(found))

    async def manager_of(self, user_id: str) -> DirectoryUser | None:
        """Reads a user's manager; None where there is none."""
        parameters = ManagerRequestBuilder.ManagerRequestBuilderGetQueryParameters(select=_FIELDS)
        request = RequestConfiguration(query_parameters=parameters)
        try:
            found = await self._calls(lambda: self._client.users.by_user_id(user_id).manager.get(request))
        except NotFoundError:
            return None
        return _directory_user(found) if isinstance(answered(found), User) else None

    async def _by_employee_id(self, employee_id: str) -> DirectoryUser | UserAbsent | UserAmbiguous:
        parameters = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
            filter=f"employeeId eq {quoted(employee_id)}", select=_FIELDS, top=_PAGE
        )
        request = RequestConfiguration(query_parameters=parameters)
        users = await self._pages.read(self._client.users, request)
        if len(users) > 1:
            return UserAmbiguous(len(users))
        return _directory_user(users[0]) if users else UserAbsent()


def _directory_user(user: User) -> DirectoryUser:
    """Reads a user. Both names must be there: policy's list of protected users goes by either."""
    if not user.id or not user.user_principal_name:
        message = "Microsoft Graph names a user without an id or a principal name."
        raise DirectoryUnavailableError(message)
    return DirectoryUser(
        id=user.id,
        user_principal_name=user.user_principal_name,
        display_name=user.display_name or "",
        mail=user.mail or None,
        usage_location=user.usage_location or None,
        preferred_language=user.preferred_language or None,
        account_enabled=user.account_enabled,
        management_restricted=bool(user.is_management_restricted),
        user_type=user.user_type.lower() if user.user_type else None,
        password_changed_at=in_utc(user.last_password_change_date_time),
    )


def in_utc(moment: datetime | None) -> datetime | None:
    """Reads a moment; Graph's are in UTC also where they do not say so. What no calendar has is not known."""
    if moment is None:
        return None
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return None
