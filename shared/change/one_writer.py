"""One writer per user: sessions see to it as long as a user goes by one key, this where requests name two."""

import logging

from shared.change.parts import ChangeParts
from shared.errors import LedgerUnavailableError, UserBusyError
from shared.record import Record

_LOG = logging.getLogger(__name__)


async def take_user(parts: ChangeParts, user_id: str, record: Record) -> None:
    """Takes the user's phones until the request gives them free, or its worker must be gone. Raises UserBusyError."""
    now = parts.ports.clock.now()
    if not await parts.ports.watermarks.hold(user_id, record.key, now + parts.options.last_effect, now):
        raise UserBusyError


async def give_free(parts: ChangeParts, user_id: str, record: Record) -> None:
    """Gives the user's phones free; where that fails, their time runs out."""
    try:
        await parts.ports.watermarks.release(user_id, record.key)
    except LedgerUnavailableError as fault:
        _LOG.warning("The user of request %s stays taken for a while: %s", record.key, fault)
