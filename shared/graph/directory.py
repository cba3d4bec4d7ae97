"""The directory port on Microsoft Graph: what a decision depends on, one write, and reading back."""

import asyncio

from kiota_abstractions.api_error import APIError
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import StoredPhone, UserAbsent, UserAmbiguous, UserState
from shared.errors import DirectoryRefusedError
from shared.graph.calls import AnswerLostError, GraphCalls
from shared.graph.phone_methods import GraphPhoneMethods
from shared.graph.roles import GraphRoles
from shared.graph.users import GraphUsers
from shared.messages.change_request import UserKey
from shared.plan import Create, Remove, Replace, Write
from shared.ports import WriteAnswer, WriteCertainty

_WRITTEN = WriteAnswer(WriteCertainty.WRITTEN)
_CONFLICT = 409
_BAD_REQUEST = 400
_DEFAULT_METHOD_TEXT = "current default authentication method"
_DEFAULT_METHOD_CODE = "defaultMethod"


class GraphDirectory:
    """Users and their phones in Microsoft Graph."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls, endpoint: str) -> None:
        self._users = GraphUsers(client, calls)
        self._roles = GraphRoles(client, calls, endpoint)
        self._methods = GraphPhoneMethods(client, calls)

    async def read_state(self, user: UserKey) -> UserState | UserAbsent | UserAmbiguous:
        """Finds the user, then reads phones, other methods and roles at once."""
        found = await self._users.find(user)
        if isinstance(found, UserAbsent | UserAmbiguous):
            return found
        phones, others, roles = await asyncio.gather(
            self._methods.phones(found.id), self._methods.other_methods(found.id), self._roles.of(found.id)
        )
        return UserState(found, phones, roles, others)

    async def read_phones(self, user_id: str) -> tuple[StoredPhone, ...]:
        """Reads the phones alone."""
        return await self._methods.phones(user_id)

    async def write(self, user_id: str, write: Write) -> WriteAnswer:
        """Writes once. Raises TransientError only where it is certain that nothing was written."""
        try:
            await self._write(user_id, write)
        except AnswerLostError:
            return WriteAnswer(WriteCertainty.UNCERTAIN)
        except DirectoryRefusedError as fault:
            return _refusal(fault)
        return _WRITTEN

    async def _write(self, user_id: str, write: Write) -> None:
        match write:
            case Create(phone_type, number):
                await self._methods.create(user_id, phone_type, number)
            case Replace(phone_type, number, _):
                await self._methods.replace(user_id, phone_type, number)
            case Remove(phone_types, _):
                for phone_type in phone_types:
                    await self._methods.remove(user_id, phone_type)


def _refusal(fault: DirectoryRefusedError) -> WriteAnswer:
    """Tells 409 from a refusal: with `phoneNumberNotUnique` the number is usually written all the same."""
    certainty = WriteCertainty.UNCERTAIN if fault.status == _CONFLICT else WriteCertainty.REFUSED
    code = _DEFAULT_METHOD_CODE if _is_about_default_method(fault) else fault.code
    return WriteAnswer(certainty, fault.status, code)


def _is_about_default_method(fault: DirectoryRefusedError) -> bool:
    """Looks at Graph's message, because its code is a bare `badRequest`; the message goes no further."""
    cause: BaseException | None = fault.__cause__
    if fault.status != _BAD_REQUEST or not isinstance(cause, APIError):
        return False
    text = cause.error.message if isinstance(cause, ODataError) and cause.error else ""
    return _DEFAULT_METHOD_TEXT in (text or "")
