"""The directory port on Microsoft Graph: what a decision depends on, one write, and reading back."""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import (
    DirectoryUser,
    StoredPhone,
    Undetermined,
    UserAbsent,
    UserAmbiguous,
    UserDeleted,
    UserState,
)
from shared.errors import DirectoryRefusedError, DirectoryUnavailableError
from shared.graph.calls import GraphCalls
from shared.graph.deleted_users import GraphDeletedUsers
from shared.graph.eligible_groups import GraphEligibleGroups
from shared.graph.faults import AnswerLostError, NotFoundError
from shared.graph.memberships import GraphMemberships
from shared.graph.other_methods import GraphOtherMethods
from shared.graph.owned_groups import GraphOwnedGroups
from shared.graph.phone_methods import GraphPhoneMethods
from shared.graph.role_assignments import GraphRoleAssignments
from shared.graph.standing import Standing, joined, or_undetermined
from shared.graph.users import GraphUsers
from shared.messages.change_request import UserKey
from shared.plan import Create, Remove, Replace, Write
from shared.ports import WriteAnswer, WriteCertainty

_WRITTEN = WriteAnswer(WriteCertainty.WRITTEN)
_CONFLICT = 409
# Finding the user is one call, and the other reads go out together; pages beyond the first, and the groups that the
# user may join, must fit as well. The owners of groups need not: their reading goes on, and the next attempt finds it.
_CALLS_OF_A_STATE = 2


class GraphDirectory:
    """Users and their phones in Microsoft Graph. `listed_groups` are the ids of groups whose owners policy asks for."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls, listed_groups: Iterable[str] = ()) -> None:
        self._users = GraphUsers(client, calls)
        self._deleted = GraphDeletedUsers(client, calls)
        self._memberships = GraphMemberships(client, calls)
        self._assignments = GraphRoleAssignments(client, calls)
        self._owned = GraphOwnedGroups(client, calls, listed_groups)
        self._eligible = GraphEligibleGroups(client, calls)
        self._phones = GraphPhoneMethods(client, calls)
        self._others = GraphOtherMethods(client, calls)
        self._bound = _CALLS_OF_A_STATE * calls.timeout

    async def read_state(self, user: UserKey) -> UserState | UserAbsent | UserDeleted | UserAmbiguous:
        """Finds the user, then reads everything else at once; all within twice a call's time.

        What protects a user and may not be read is named in the state; phones and methods must be readable.
        """
        try:
            async with asyncio.timeout(self._bound):
                return await self._read_state(user)
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

    async def close(self) -> None:
        """Ends what goes on beside the requests, reading the owners of groups; the client closes after it."""
        await self._owned.close()

    async def _read_state(self, key: UserKey) -> UserState | UserAbsent | UserDeleted | UserAmbiguous:
        match await self._users.find(key):
            case DirectoryUser() as user:
                return await self._state_of(user)
            case UserAbsent():
                return await self._deleted.find(key)
            case UserAmbiguous() as many:
                return many

    async def _state_of(self, user: DirectoryUser) -> UserState:
        """Reads all at once; the first fault ends the other reads and is the answer."""
        fault: Exception
        try:
            async with asyncio.TaskGroup() as reads:
                phones = reads.create_task(self._phones.of(user.id))
                others = reads.create_task(self._others.of(user.id))
                parts = [reads.create_task(part) for part in self._standing_of(user.id)]
            whole = joined(part.result() for part in parts)
            return UserState(user, phones.result(), whole.roles, others.result(), whole.groups, whole.undetermined)
        except ExceptionGroup as faults:
            fault = faults.exceptions[0]
        with _of_a_known_user():
            raise fault

    def _standing_of(self, user_id: str) -> tuple[Coroutine[Any, Any, Standing], ...]:
        return (
            or_undetermined(partial(self._memberships.of, user_id), Undetermined.MEMBERSHIPS),
            or_undetermined(partial(self._assignments.active_of, user_id), Undetermined.ROLE_ASSIGNMENTS),
            or_undetermined(partial(self._assignments.eligible_of, user_id), Undetermined.ELIGIBLE_ROLES),
            or_undetermined(partial(self._owned.of, user_id), Undetermined.OWNED_GROUPS),
            or_undetermined(partial(self._eligible.of, user_id), Undetermined.ELIGIBLE_GROUPS),
        )

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
        message = "Microsoft Graph does not know what belongs to a user whom it has just named."
        raise DirectoryUnavailableError(message) from None


def _refusal(fault: DirectoryRefusedError) -> WriteAnswer:
    """Tells 409 from a refusal: with `phoneNumberNotUnique` the number is usually written all the same."""
    certainty = WriteCertainty.UNCERTAIN if fault.status == _CONFLICT else WriteCertainty.REFUSED
    return WriteAnswer(certainty, fault.status, fault.code)
