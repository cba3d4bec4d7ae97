"""Why people are protected, put together from several sources of which Graph may refuse each."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from shared.compliance.rows import ProtectedPerson
from shared.directory_user import Undetermined
from shared.errors import DirectoryRefusedError
from shared.graph.standing import leaves_undetermined


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """Who is protected, and by what, in words for people."""

    user_id: str
    because: str


@dataclass(slots=True)
class Refusals:
    """What Graph refuses to tell while the sources are read."""

    undetermined: set[Undetermined] = field(default_factory=set)

    async def or_none[T](self, read: Callable[[], Awaitable[list[T]]], *what: Undetermined) -> list[T]:
        """Reads one source; where Graph refuses it, that is noted. Raises TransientError, and other refusals."""
        try:
            return await read()
        except DirectoryRefusedError as fault:
            if not leaves_undetermined(fault):
                raise
            self.undetermined.update(what)
            return []


async def side_by_side[T](reads: Iterable[Coroutine[Any, Any, list[T]]]) -> list[T]:
    """Reads several sources; the first fault ends the others and is raised."""
    fault: Exception
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(read) for read in reads]
        return [one for task in tasks for one in task.result()]
    except ExceptionGroup as faults:
        fault = faults.exceptions[0]
    raise fault


def people_of(reasons: Iterable[Reason]) -> tuple[ProtectedPerson, ...]:
    """Gives everyone once, with all reasons, in an order that does not depend on the answers' order."""
    found: dict[str, dict[str, None]] = {}
    for reason in sorted(reasons):
        found.setdefault(reason.user_id.lower(), {})[reason.because] = None
    return tuple(ProtectedPerson(user_id, tuple(because)) for user_id, because in sorted(found.items()))
