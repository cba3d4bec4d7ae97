"""One writer per user: sessions see to it as long as a user goes by one key, this where requests name two."""

import logging
from datetime import timedelta

from shared.backoff import LATE_WRITE
from shared.change.parts import ChangeParts
from shared.errors import LedgerUnavailableError, UserBusyError
from shared.record import Record

_LOG = logging.getLogger(__name__)


async def hold(parts: ChangeParts, user_id: str, record: Record) -> None:
    """Takes the user's phones until the request gives them free, or its worker must be gone. Raises UserBusyError."""
    now = parts.ports.clock.now()
    until = now + parts.options.process_budget + timedelta(seconds=LATE_WRITE)
    if not await parts.ports.watermarks.hold(user_id, record.key, until, now):
        raise UserBusyError


async def release(parts: ChangeParts, user_id: str, record: Record) -> None:
    """Gives the user's phones free; where that fails, their time runs out."""
    try:
        await parts.ports.watermarks.release(user_id, record.key)
    except LedgerUnavailableError as fault:
        _LOG.warning("The user of request %s stays taken for a while: %s", record.key, fault)
