"""Step 5, its second half: what this product changed of late, as far as policy's tripwires ask for it."""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.change.parts import ChangeParts
from shared.change_history import History, HistoryQuestion
from shared.directory_user import UserAbsent, UserDeleted, UserState
from shared.history_ports import NumberHolder
from shared.messages.change_request import UserKey
from shared.phone.number import PhoneNumber
from shared.phone.reading import ReadNumber
from shared.policy.facts import Facts
from shared.policy.tripwires import Limit, Tripwires

# Whoever was noted for a number just now need not have it yet: a write may be under way for so long.
_UNDER_WAY = timedelta(minutes=10)


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

    Where that many are noted, the directory is asked who still has it, one after the other until there are enough: a
    note that is out of date must neither hold anybody up nor hide one that is not.
    """
    hashes, count = hashes_of(parts, number), 0
    holders = [holder for holder in await parts.ports.numbers.holders(hashes) if holder.user_id != user_id]
    if len(holders) < most:
        return len(holders)
    for holder in holders:
        count += await _still_has(parts, facts, holder, number)
        if count == most:
            break
    return count


def hashes_of(parts: ChangeParts, number: PhoneNumber) -> tuple[str, ...]:
    """Gives the hashes that a number may be noted under; the first one is that of the key in use."""
    return tuple(number.keyed_hash(key) for key in parts.options.number_keys)


async def _still_has(parts: ChangeParts, facts: Facts, holder: NumberHolder, number: PhoneNumber) -> bool:
    """Says whether a user who was noted for a number has it; one who cannot be read counts."""
    if facts.now - holder.noted_at < _UNDER_WAY:
        return True
    found = await parts.ports.directory.read_state(UserKey(id=holder.user_id))
    if isinstance(found, UserDeleted):
        return True  # an account that comes back brings its phones along
    if isinstance(found, UserState) and number in {phone.number for phone in found.phones}:
        return True
    if isinstance(found, UserState | UserAbsent):
        await parts.ports.numbers.forget(hashes_of(parts, number), holder.user_id)
        return False
    return True


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
