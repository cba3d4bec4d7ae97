"""The directory port on Microsoft Graph: what a decision depends on, one write, and reading back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import DirectoryUser, StoredPhone, UserAbsent, UserAmbiguous, UserState
from shared.errors import DirectoryRefusedError, DirectoryUnavailableError
from shared.graph.calls import GraphCalls
from shared.graph.faults import AnswerLostError, NotFoundError
from shared.graph.other_methods import GraphOtherMethods
from shared.graph.phone_methods import GraphPhoneMethods
from shared.graph.roles import GraphRoles
from shared.graph.users import GraphUsers
from shared.messages.change_request import UserKey
from shared.plan import Create, Remove, Replace, Write
from shared.ports import WriteAnswer, WriteCertainty

_WRITTEN = WriteAnswer(WriteCertainty.WRITTEN)
_CONFLICT = 409
# Finding the user is one call, and the three reads go out together; pages beyond the first must fit as well.
_CALLS_OF_A_STATE = 2


class GraphDirectory:
    """Users and their phones in Microsoft Graph."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._users = GraphUsers(client, calls)
        self._roles = GraphRoles(client, calls)
        self._phones = GraphPhoneMethods(client, calls)
        self._others = GraphOtherMethods(client, calls)
        self._bound = _CALLS_OF_A_STATE * calls.timeout

    async def read_state(self, user: UserKey) -> UserState | UserAbsent | UserAmbiguous:
        """Finds the user, then reads phones, other methods and roles at once; all within twice a call's time."""
        try:
            async with asyncio.timeout(self._bound):
                found = await self._users.find(user)
                return found if isinstance(found, UserAbsent | UserAmbiguous) else await self._state_of(found)
        except TimeoutError:
            message = f"Within {self._bound:g} s the user's state could not be read from Microsoft Graph."
            raise DirectoryUnavailableError(message) from None

    async def read_phones(self, user_id: str) -> tuple[StoredPhone, ...]:
        """Reads the phones alone."""
        with _of_a_known_user():
            return await self._phones.of(user_id)

    async def write(self, user_id: str, write: Write) -> WriteAnswer:
        """Writes once. Raises TransientError only where it is certain that nothing was written."""
        try:
            await self._write(user_id, write)
        except AnswerLostError:
            return WriteAnswer(WriteCertainty.UNCERTAIN)
        except DirectoryRefusedError as fault:
            return _refusal(fault)
        return _WRITTEN

    async def _state_of(self, user: DirectoryUser) -> UserState:
        """Reads all at once; the first fault ends the other reads and is the answer."""
        fault: Exception
        try:
            async with asyncio.TaskGroup() as reads:
                phones = reads.create_task(self._phones.of(user.id))
                others = reads.create_task(self._others.of(user.id))
                roles = reads.create_task(self._roles.of(user.id))
            return UserState(user, phones.result(), roles.result(), others.result())
        except ExceptionGroup as faults:
            fault = faults.exceptions[0]
        with _of_a_known_user():
            raise fault

    async def _write(self, user_id: str, write: Write) -> None:
        match write:
            case Create(phone_type, number):
                await self._phones.create(user_id, phone_type, number)
            case Replace(phone_type, number, _):
                await self._phones.replace(user_id, phone_type, number)
            case Remove(phone_types, _):
                for phone_type in phone_types:
                    await self._phones.remove(user_id, phone_type)


@contextmanager
def _of_a_known_user() -> Iterator[None]:
    """Turns 404 into a fault that passes: the user was just found, and Graph does not know it everywhere yet."""
    try:
        yield
    except NotFoundError:
        message = "Microsoft Graph does not know the methods of a user whom it has just named."
        raise DirectoryUnavailableError(message) from None


def _refusal(fault: DirectoryRefusedError) -> WriteAnswer:
    """Tells 409 from a refusal: with `phoneNumberNotUnique` the number is usually written all the same."""
    certainty = WriteCertainty.UNCERTAIN if fault.status == _CONFLICT else WriteCertainty.REFUSED
    return WriteAnswer(certainty, fault.status, fault.code)
