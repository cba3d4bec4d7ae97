"""The change service: takes a message through the steps, and puts it off where the world is out of order."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from shared.backoff import FIRST_WAIT, wait_for
from shared.change.admission import Admitted, Settled, TurnedAway, admit
from shared.change.carrying_out import Carried, carry_out
from shared.change.deciding import decide
from shared.change.doubt import in_doubt
from shared.change.finishing import Ended, finish, settle_again
from shared.change.holding import standing
from shared.change.parts import ChangeParts
from shared.change.putting_off import is_overtaken, put_off
from shared.codes import Code
from shared.errors import DirectoryRefusedError, RequestHeldError, TransientError
from shared.messages.decode import contract_warnings, name_of
from shared.messages.received import ReceivedMessage
from shared.outcome import Outcome, Verdict
from shared.telemetry.changes import reason_of
from shared.telemetry.work import name_request

_LOG = logging.getLogger(__name__)


class Later(NamedTuple):
    """How long a message must wait that cannot be brought to its end in this delivery, and for what."""

    wait: timedelta
    reason: str


class ChangeService:
    """Handles one message at a time per session, many sessions at once."""

    def __init__(self, parts: ChangeParts) -> None:
        self._parts = parts

    async def handle(self, message: ReceivedMessage) -> None:
        """Takes a message to its end, or sends a scheduled copy of it; either way the message may be completed.

        Raises BusUnavailableError where even the copy cannot be sent: then only the broker's redelivery is left.
        """
        name_request(name_of(message))
        if await is_overtaken(self._parts, message):
            _LOG.info("Message %s is dropped: a later copy is on its way.", name_of(message))
            return
        budget = self._parts.options.process_budget.total_seconds()
        try:
            # Whatever hangs is dropped like a crash, which every step survives, as long as the lock is still held.
            async with asyncio.timeout(budget):
                later = await self._tried(message)
        except TimeoutError as fault:
            _LOG.warning("Message %s took longer than %.0f s.", name_of(message), budget)
            later = Later(timedelta(seconds=FIRST_WAIT), reason_of(fault))
        if later is not None:
            await put_off(self._parts, message, later.wait, later.reason)

    async def _tried(self, message: ReceivedMessage) -> Later | None:
        """Tries until the end, and gives the wait that does not fit into this delivery any more."""
        clock, attempt = self._parts.ports.clock, message.origin.attempt
        started = clock.monotonic()
        while True:
            try:
                await self._process(message, attempt)
            except RequestHeldError as held:
                _LOG.info("Message %s is held.", name_of(message))
                return Later(timedelta(seconds=wait_for(held, attempt)), reason_of(held))
            except TransientError as fault:
                wait, reason = timedelta(seconds=wait_for(fault, attempt)), reason_of(fault)
                _LOG.info("Message %s waits %.1f s: %s", name_of(message), wait.total_seconds(), fault)
            else:
                return None
            if not self._fits(wait, timedelta(seconds=clock.monotonic() - started)):
                return Later(wait, reason)
            await clock.sleep(wait.total_seconds())
            attempt += 1

    def _fits(self, wait: timedelta, spent: timedelta) -> bool:
        options = self._parts.options
        return wait <= options.in_place_wait and spent + wait + options.longest_pass <= options.process_budget

    async def _process(self, message: ReceivedMessage, attempts: int) -> None:
        admission = await admit(self._parts, message)
        match admission:
            case Settled(record):
                await settle_again(self._parts, message, record)
            case TurnedAway(record, facts, verdict):
                await finish(self._parts, message, Ended(record, facts, verdict, attempts))
            case Admitted(request, record, facts):
                verdict, record = await self._carried_out(admission)
                warnings = (*verdict.warnings, *contract_warnings(message, request))
                ended = Ended(record, facts, replace(verdict, warnings=warnings), attempts)
                await finish(self._parts, message, ended)

    async def _carried_out(self, admitted: Admitted) -> Carried:
        if admitted.record.intent is not None:
            carried = await self._decided(admitted)
            return Carried(in_doubt(carried.verdict), carried.record)
        ended = standing(self._parts, admitted.record)
        return Carried(ended, admitted.record) if ended else await self._decided(admitted)

    async def _decided(self, admitted: Admitted) -> Carried:
        try:
            decision = await decide(self._parts, admitted)
        except DirectoryRefusedError as fault:
            verdict = Verdict(Outcome.FAILED, Code.DIRECTORY_REFUSED, f"HTTP {fault.status} {fault.code}.")
            return Carried(verdict, admitted.record)
        if isinstance(decision, Verdict):
            return Carried(decision, admitted.record)
        return await carry_out(self._parts, decision)
