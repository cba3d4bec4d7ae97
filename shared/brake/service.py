"""Asks for leave before every write, counts what came of it, and stops everybody where it was too much."""

import logging
from dataclasses import dataclass, replace

from shared.brake.log import BrakeLog
from shared.brake.rule import reason_to_stop
from shared.brake_state import BrakeState, Entry, Kind
from shared.codes import Code
from shared.errors import BrakeEngagedError, BusUnavailableError, LedgerConflictError, LedgerUnavailableError
from shared.messages.brake_event import brake_event
from shared.outcome import Outcome, Verdict
from shared.policy.brake_rules import BrakeRules
from shared.ports import Clock, EventSink
from shared.telemetry.instruments import instruments
from shared.telemetry.names import BRAKE_ENGAGED
from shared.telemetry.work import note

_LOG = logging.getLogger(__name__)
AUTOMATIC = "the brake itself"
# How a request ended that may have done harm, or that others will end like.
_FAILURES = {
    Code.DIRECTORY_REFUSED: Kind.REFUSAL,
    Code.NOT_CONFIRMED: Kind.FAILURE,
    Code.NUMBER_NOT_UNIQUE: Kind.FAILURE,
    Code.PARTLY_REMOVED: Kind.FAILURE,
    Code.ORDER_LOST: Kind.FAILURE,
}


@dataclass(frozen=True, slots=True)
class BrakeService:
    """The brake of all instances, kept in the state storage."""

    clock: Clock
    log: BrakeLog
    events: EventSink
    rules: BrakeRules
    source: str

    async def permit(self, request_key: str, user_id: str) -> None:
        """Counts a write that is about to be made. Raises BrakeEngagedError where writing is stopped."""
        state = await self.log.state()
        if state.engaged:
            await self._tell(state)
            raise BrakeEngagedError
        now = self.clock.now()
        await self.log.record(Entry(now, Kind.WRITE, request_key, user_id))
        entries = await self.log.entries(max(now - self.rules.window, state.since))
        if reason := reason_to_stop(entries, self.rules):
            await self.engage(AUTOMATIC, reason)
            raise BrakeEngagedError

    async def note(self, request_key: str, verdict: Verdict) -> None:
        """Counts a request that failed; a count that is lost does not hold up the request."""
        kind = _FAILURES.get(verdict.code)
        if verdict.outcome is not Outcome.FAILED or kind is None or verdict.user is None:
            return
        try:
            await self.log.record(Entry(self.clock.now(), kind, request_key, verdict.user.id))
        except LedgerUnavailableError as fault:
            _LOG.warning("The failure of request %s was not counted: %s", request_key, fault)

    async def engage(self, by: str, reason: str) -> None:
        """Stops all writing."""
        await self._turn(engaged=True, by=by, reason=reason)

    async def resume(self, by: str, reason: str) -> None:
        """Lets writing go on; what was counted before counts no more."""
        await self._turn(engaged=False, by=by, reason=reason)

    async def tell(self) -> None:
        """Tells how the brake stands, and sends the event of the last turn where that was not possible at the time."""
        state = await self.log.state()
        instruments().brake.record(int(state.engaged))
        note({BRAKE_ENGAGED: int(state.engaged)})
        await self._tell(state)

    async def _turn(self, *, engaged: bool, by: str, reason: str) -> None:
        before = await self.log.state()
        if before.engaged is engaged:
            return
        turned = BrakeState(engaged, reason, by, self.clock.now(), etag=before.etag)
        try:
            turned = await self.log.put(turned)
        except LedgerConflictError:
            return  # somebody else was faster, and tells it
        _LOG.error("BRAKE %s by %s: %s", "ENGAGED" if engaged else "RESUMED", by, reason)
        await self._tell(turned)

    async def _tell(self, state: BrakeState) -> None:
        if state.told or not state.reason:
            return
        try:
            await self.events.publish(brake_event(state, self.source))
            await self.log.put(replace(state, told=True))
        except (BusUnavailableError, LedgerUnavailableError) as fault:
            _LOG.warning("The event of the brake waits: %s", fault)
