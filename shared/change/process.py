"""The change service: takes a message through the steps, and puts it off where the world is out of order."""

import logging
from dataclasses import replace
from datetime import timedelta

from shared.change.admission import Admitted, Settled, TurnedAway, admit
from shared.change.backoff import wait_for
from shared.change.carrying_out import Carried, carry_out
from shared.change.deciding import decide
from shared.change.finishing import Ended, dispatch_if_unsent, finish
from shared.change.parts import ChangeParts
from shared.codes import Code
from shared.errors import DirectoryRefusedError, LedgerUnavailableError, TransientError
from shared.messages.change_request import ChangeRequest
from shared.messages.decode import contract_warnings, decode
from shared.messages.received import ReceivedMessage
from shared.outcome import Outcome, Verdict
from shared.policy.facts import Facts

_LOG = logging.getLogger(__name__)


class ChangeService:
    """Handles one message at a time per session, many sessions at once."""

    def __init__(self, parts: ChangeParts) -> None:
        self._parts = parts

    async def handle(self, message: ReceivedMessage) -> None:
        """Takes a message to its end, or sends a scheduled copy of it; either way the message may be completed.

        Raises BusUnavailableError where even the copy cannot be sent: then only the broker's redelivery is left.
        """
        clock, started, tries = self._parts.ports.clock, self._parts.ports.clock.monotonic(), 1
        while True:
            try:
                return await self._process(message, message.attempt + tries - 1)
            except TransientError as fault:
                wait = timedelta(seconds=wait_for(fault, message.attempt + tries - 1))
                _LOG.info("Message %s waits %.1f s: %s", message.message_id, wait.total_seconds(), fault)
                spent = timedelta(seconds=clock.monotonic() - started)
                if not self._fits(wait, spent):
                    return await self._put_off(message, wait)
            await clock.sleep(wait.total_seconds())
            tries += 1

    def _fits(self, wait: timedelta, spent: timedelta) -> bool:
        options = self._parts.options
        return wait <= options.in_place_wait and spent + wait + options.longest_pass <= options.process_budget

    async def _process(self, message: ReceivedMessage, attempts: int) -> None:
        admission = await admit(self._parts, message)
        match admission:
            case Settled(record):
                await dispatch_if_unsent(self._parts, record)
            case TurnedAway(record, facts, verdict):
                await finish(self._parts, message, Ended(record, facts, verdict, attempts))
            case Admitted(request, record, facts):
                verdict, record = await self._carried_out(admission)
                warnings = (*verdict.warnings, *contract_warnings(message, request))
                ended = Ended(record, facts, replace(verdict, warnings=warnings), attempts)
                await finish(self._parts, message, ended)

    async def _carried_out(self, admitted: Admitted) -> Carried:
        try:
            decision = await decide(self._parts, admitted)
            if isinstance(decision, Verdict):
                return Carried(decision, admitted.record)
            return await carry_out(self._parts, admitted, decision)
        except DirectoryRefusedError as fault:
            verdict = Verdict(Outcome.FAILED, Code.DIRECTORY_REFUSED, f"HTTP {fault.status} {fault.code}.")
            return Carried(verdict, admitted.record)

    async def _put_off(self, message: ReceivedMessage, wait: timedelta) -> None:
        """Sends the copy that is tried later, not after the request's expiry: then it ends as expired."""
        request = decode(message)
        if isinstance(request, ChangeRequest):
            wait = self._until_expiry(request, wait)
            await self._note_wait(message, request)
        await self._parts.ports.queue.postpone(message, wait)

    def _until_expiry(self, request: ChangeRequest, wait: timedelta) -> timedelta:
        now = self._parts.ports.clock.now()
        left = Facts(request, self._parts.policy.rules, now).expires_at - now
        return min(wait, left) if left > timedelta(0) else wait

    async def _note_wait(self, message: ReceivedMessage, request: ChangeRequest) -> None:
        try:
            await self._parts.ports.waiting.note(message.session_id, message.original_sequence, request.phone_types)
        except LedgerUnavailableError as fault:
            _LOG.warning("It could not be noted that message %s waits: %s", message.message_id, fault)
