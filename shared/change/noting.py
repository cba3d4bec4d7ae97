"""Step 6, its second half: what is noted before a write, so that tripwires see it and an undo can take it back."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.change.deciding import Task
from shared.change.gathering import hashes_of, other_holders
from shared.change.parts import ChangeParts
from shared.change.writing import types_of
from shared.change_history import NotedChange
from shared.directory_user import StoredPhone
from shared.errors import LedgerConflictError, LedgerUnavailableError
from shared.history_ports import PreviousPhones
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import Create, Remove, Replace, Write
from shared.policy.rules.shared_number import RULE as SHARED_NUMBER

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Noted:
    """What was noted for one run of a change."""

    change: NotedChange
    number: PhoneNumber | None = field(repr=False)
    phone_type: PhoneType | None


async def keep_previous(parts: ChangeParts, task: Task, write: Write) -> None:
    """Keeps what is about to be replaced or removed. What an earlier run kept stays if that one may have written."""
    may_have_written = task.admitted.record.intent is not None
    phones = _previous(parts, task, write)
    await parts.ports.previous.keep(task.admitted.record.key, phones, anew=not may_have_written)


async def note(parts: ChangeParts, task: Task, write: Write) -> Noted:
    """Notes a change that is about to be written. Raises TransientError, also where a number was taken meanwhile."""
    now, user_id = parts.ports.clock.now(), task.state.user.id
    change = NotedChange(task.admitted.record.key, user_id, task.admitted.request.requested_by, now)
    await parts.ports.history.note(change)
    if isinstance(write, Remove):
        return Noted(change, None, None)
    await parts.ports.numbers.note(hashes_of(parts, write.number)[0], user_id, write.phone_type, now)
    noted = Noted(change, write.number, write.phone_type)
    try:
        await _unless_taken_meanwhile(parts, task, write)
    except LedgerConflictError:
        if task.admitted.record.intent is None:
            await take_back(parts, task, noted)
        raise
    return noted


async def take_back(parts: ChangeParts, task: Task, noted: Noted) -> None:
    """Takes the notes of a change back that was surely not written."""
    try:
        await parts.ports.history.forget(noted.change)
        await parts.ports.previous.forget(noted.change.request_key)
        stored = {phone.phone_type: phone.number for phone in task.state.phones}
        if noted.number is not None and noted.phone_type and stored.get(noted.phone_type) != noted.number:
            await _forget(parts, noted.change.user_id, noted.number, noted.phone_type)
    except LedgerUnavailableError as fault:
        _LOG.warning("The note of a change that was not made stays: %s", fault)


async def settle(parts: ChangeParts, task: Task, phones: tuple[StoredPhone, ...]) -> None:
    """Forgets the numbers that the user had, and has no more; where that fails, the directory is asked later."""
    left = {phone.phone_type: phone.number for phone in phones}
    try:
        for phone in task.state.phones:
            if phone.number is not None and left.get(phone.phone_type) != phone.number:
                await _forget(parts, task.state.user.id, phone.number, phone.phone_type)
    except LedgerUnavailableError as fault:
        _LOG.warning("The note of a number that was replaced stays: %s", fault)


async def _forget(parts: ChangeParts, user_id: str, number: PhoneNumber, phone_type: PhoneType) -> None:
    await parts.ports.numbers.forget(hashes_of(parts, number), user_id, phone_type)


async def _unless_taken_meanwhile(parts: ChangeParts, task: Task, write: Create | Replace) -> None:
    """Two requests may have found the same number free at the same time: each sees the other's note here."""
    most = task.facts.policy.tripwires.users_per_number
    known = {finding.code for finding in task.decision.findings}
    if most is None or SHARED_NUMBER.is_switched_off(task.facts.policy) or SHARED_NUMBER.code in known:
        return
    if await other_holders(parts, task.facts, task.state.user.id, write.number, most) >= most:
        message = "Another user was given the same number in the meantime."
        raise LedgerConflictError(message)


def _previous(parts: ChangeParts, task: Task, write: Write) -> PreviousPhones:
    stored = {phone.phone_type: phone for phone in task.state.phones}
    types = types_of(write)
    return PreviousPhones(
        user_id=task.state.user.id,
        before={name: stored[name].number if name in stored else None for name in types},
        after=_after(write, types),
        unreadable=frozenset(name for name in types if name in stored and stored[name].number is None),
        kept_at=parts.ports.clock.now(),
    )


def _after(write: Write, types: tuple[PhoneType, ...]) -> Mapping[PhoneType, PhoneNumber | None]:
    number = None if isinstance(write, Remove) else write.number
    return dict.fromkeys(types, number)
