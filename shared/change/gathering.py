"""Step 5, its second half: what this product changed of late, as far as policy's tripwires ask for it."""

import asyncio
from dataclasses import replace
from datetime import datetime

from shared.change.parts import ChangeParts
from shared.change_history import History, HistoryQuestion
from shared.directory_user import UserAbsent, UserAmbiguous, UserDeleted, UserState
from shared.errors import DirectoryRefusedError
from shared.history_ports import NumberHolder
from shared.messages.change_request import UserKey
from shared.phone.line import line_of
from shared.phone.number import PhoneNumber
from shared.phone.reading import ReadNumber
from shared.policy.facts import Facts
from shared.policy.tripwires import Limit, Tripwires

# All at once, so that they take no longer than one of them; who is beyond that counts, and is asked another time.
_MOST_ASKED = 20


async def gather(parts: ChangeParts, facts: Facts, state: UserState, without: frozenset[str]) -> History:
    """Reads the history for a request; `without` are the requests that do not count. Raises TransientError."""
    tripwires = facts.policy.tripwires
    history = await parts.ports.history.read(_question(facts, tripwires, state.user.id, without))
    if tripwires.users_per_number is None or not isinstance(facts.reading, ReadNumber):
        return history
    others = await other_holders(parts, facts, state.user.id, facts.reading.number, tripwires.users_per_number)
    return replace(history, other_holders=others)


async def other_holders(parts: ChangeParts, facts: Facts, user_id: str, number: PhoneNumber, most: int) -> int:
    """Counts the others who have a number, up to `most`.

    Where that many are noted, the directory is asked who still has it: a note that is out of date must neither hold
    anybody up nor hide one that is not.
    """
    hashes = hashes_of(parts, number)
    holders = [holder for holder in await parts.ports.numbers.holders(hashes) if holder.user_id != user_id]
    if len(holders) < most:
        return len(holders)
    asked = await asyncio.gather(*(_still_has(parts, facts, holder, number) for holder in holders[:_MOST_ASKED]))
    return min(sum(asked) + len(holders[_MOST_ASKED:]), most)


def hashes_of(parts: ChangeParts, number: PhoneNumber) -> tuple[str, ...]:
    """Gives the hashes that a number may be noted under; the first one is that of the key in use."""
    return tuple(line_of(number).keyed_hash(key) for key in parts.options.number_keys)


async def _still_has(parts: ChangeParts, facts: Facts, holder: NumberHolder, number: PhoneNumber) -> bool:
    """Says whether a user who was noted for a number has it; one who cannot be read counts."""
    # Whoever was noted just now need not have it yet: a write may be under way, and reads lag behind it for as long.
    if facts.now - holder.noted_at < 2 * parts.options.last_effect:
        return True
    try:
        found = await parts.ports.directory.read_state(UserKey(id=holder.user_id))
    except DirectoryRefusedError:
        return True
    if not _has_not(found, number):
        return True
    await parts.ports.numbers.forget(hashes_of(parts, number), holder.user_id)
    return False


def _has_not(found: UserState | UserAbsent | UserDeleted | UserAmbiguous, number: PhoneNumber) -> bool:
    """Says whether somebody surely has not got a number; a deleted account that comes back brings its phones along."""
    match found:
        case UserState():
            lines = {line_of(phone.number) for phone in found.phones if phone.number is not None}
            return line_of(number) not in lines
        case UserAbsent(perhaps_deleted):
            return not perhaps_deleted
        case _:
            return False


def _question(facts: Facts, tripwires: Tripwires, user_id: str, without: frozenset[str]) -> HistoryQuestion:
    limit = tripwires.per_user
    windows = [window for window in (tripwires.cool_down, limit and limit.window) if window]
    return HistoryQuestion(
        user_id=user_id,
        requester=facts.request.requested_by,
        without=without,
        user_since=facts.now - max(windows) if windows else None,
        requester_since=_since(facts, tripwires.per_requester),
        tenant_since=_since(facts, tripwires.per_tenant),
        requester_enough=tripwires.per_requester.changes if tripwires.per_requester else 0,
        tenant_enough=tripwires.per_tenant.changes if tripwires.per_tenant else 0,
    )


def _since(facts: Facts, limit: Limit | None) -> datetime | None:
    return facts.now - limit.window if limit else None
