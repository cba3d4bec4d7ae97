"""Puts a request off: a scheduled copy takes its place, so that no delivery is burnt by waiting."""

import logging
from datetime import timedelta

from shared.backoff import wait_for
from shared.change.parts import ChangeParts
from shared.errors import BusUnavailableError, LedgerUnavailableError
from shared.messages.change_request import ChangeRequest
from shared.messages.decode import decode, name_of
from shared.messages.received import ReceivedMessage
from shared.phone.phone_type import PhoneType
from shared.policy.facts import Facts
from shared.telemetry.changes import tell_put_off

_LOG = logging.getLogger(__name__)
# A message that is given back comes again at once, and burns a delivery each time.
_PATIENCE = 30.0


async def put_off(parts: ChangeParts, message: ReceivedMessage, wait: timedelta, reason: str = "") -> None:
    """Sends the copy that is tried later, not after the request's expiry: then it ends as expired.

    Raises BusUnavailableError where the bus takes no message for half a minute.
    """
    request, attempt = decode(message), message.origin.attempt
    phone_types: tuple[PhoneType, ...] = ()
    if isinstance(request, ChangeRequest):
        wait, phone_types = _until_expiry(parts, request, wait), request.phone_types
    await _note_wait(parts, message, phone_types, attempt)
    await _postpone(parts, message, wait)
    tell_put_off(wait, reason)
    # Only now: a note of a copy that was never sent would make every other one be dropped.
    await _note_wait(parts, message, phone_types, attempt + 1)


async def is_overtaken(parts: ChangeParts, message: ReceivedMessage) -> bool:
    """Says whether a later copy of the same request was sent, so that this one may be dropped.

    A worker that dies between sending a copy and completing its message, or whose bus does not answer, leaves two of
    them; if each went on, they would multiply for as long as the request waits.
    """
    if message.copied_from is None:
        return False
    try:
        waits_for = await parts.ports.waiting.waits_for(message.session_id, message.origin.sequence)
    except LedgerUnavailableError:
        return False
    return waits_for > message.origin.attempt


async def _postpone(parts: ChangeParts, message: ReceivedMessage, wait: timedelta) -> None:
    clock, attempt = parts.ports.clock, 1
    started = clock.monotonic()
    while True:
        try:
            return await parts.ports.queue.postpone(message, wait)
        except BusUnavailableError as fault:
            left = _PATIENCE - (clock.monotonic() - started)
            if left <= 0:
                raise
            pause = min(wait_for(fault, attempt), left)
        await clock.sleep(pause)
        attempt += 1


def _until_expiry(parts: ChangeParts, request: ChangeRequest, wait: timedelta) -> timedelta:
    now = parts.ports.clock.now()
    left = Facts(request, parts.policy.rules, now).expires_at - now
    return min(wait, left) if left > timedelta(0) else wait


async def _note_wait(
    parts: ChangeParts, message: ReceivedMessage, phone_types: tuple[PhoneType, ...], attempt: int
) -> None:
    try:
        await parts.ports.waiting.note(message.session_id, message.origin.sequence, phone_types, attempt)
    except LedgerUnavailableError as fault:
        _LOG.warning("It could not be noted that message %s waits: %s", name_of(message), fault)
