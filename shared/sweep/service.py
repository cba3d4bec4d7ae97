"""The sweep: starts a run, does one step of it, and takes up again what was cut off."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import ValidationError

from shared.backoff import wait_for
from shared.errors import LedgerConflictError, TransientError
from shared.patience import patiently
from shared.sweep.chains import gathering, judging, noticing, publishing, readings, remedying, sharing
from shared.sweep.ending import end_run, give_up
from shared.sweep.parts import SweepParts, SweepPorts
from shared.sweep.progress import cut_short, go_on, open_missing, send_next
from shared.sweep.stepping import Step, Work
from shared.sweep.words import Chain, ChainState, Run, StepMessage, run_id_of

_LOG = logging.getLogger(__name__)
_WORK: Mapping[Chain, Work] = {
    Chain.PROTECTION: gathering.protection,
    Chain.REGISTRATION: gathering.registration,
    Chain.PEOPLE: gathering.people,
    Chain.EXPECTED: gathering.expected,
    Chain.READINGS: readings.readings,
    Chain.JUDGING: judging.judging,
    Chain.SHARING: sharing.sharing,
    Chain.PUBLISHING: publishing.publishing,
    Chain.REMEDYING: remedying.remedying,
    Chain.NOTICING: noticing.noticing,
}
# After this long without a step a chain's message is lost, or dead: twice what a step with its lock may take.
_STALLED = timedelta(minutes=10)

# What comes after the gathering takes minutes; a wave of mails the longest, at one every three seconds.
_AFTERWARDS = timedelta(hours=10)


@dataclass(frozen=True, slots=True)
class SweepService:
    """Goes through the tenant, one message a step."""

    parts: SweepParts

    async def start(self) -> Run | None:
        """Starts a run, unless one is under way or began in this minute; gives the run that it started.

        Raises TransientError when patience ends; `resume` takes up what was begun.
        """
        started: list[Run] = []
        await patiently(self._ports.clock, lambda: self._start(started))
        return started[0] if started else None

    async def resume(self) -> None:
        """Takes up a run that was cut off; ends the gathering of one that takes longer than policy allows."""
        await patiently(self._ports.clock, self._resume)

    async def step(self, body: bytes) -> None:
        """Does the step that a message asks for; once more does no harm.

        A fault that passes is waited for on the queue. Raises TransientError only where the queue itself is out of
        order, so that the message comes again.
        """
        try:
            message = StepMessage.model_validate_json(body)
        except ValidationError:
            _LOG.error("A message of the sweep's queue is no step: it is dropped. Only this product may send there.")
            return
        try:
            await self._step(message)
        except TransientError as fault:
            await self._later(message, fault)

    @property
    def _ports(self) -> SweepPorts:
        return self.parts.ports

    @property
    def _given_up_after(self) -> timedelta:
        return self.parts.policy.rules.sweep.longest + _AFTERWARDS

    async def _start(self, started: list[Run]) -> None:
        now = self._ports.clock.now()
        run_id, last = run_id_of(now), await self._ports.runs.current()
        if last and last.finished_at is None:
            if now - last.started_at <= self._given_up_after:
                _LOG.info("Sweep %s is under way: none is started.", last.run_id)
                return
            _LOG.error("Sweep %s came to no end within %s: it is given up.", last.run_id, self._given_up_after)
            await give_up(self.parts, last)
        if last and last.run_id == run_id:
            return
        if last:
            await self._ports.runs.forget(last.run_id)
            await self._ports.files.delete_run(last.run_id)
        try:
            run = await self._ports.runs.begin(Run(run_id, now, self.parts.policy.version))
        except LedgerConflictError:
            return
        started.append(run)
        _LOG.info("Sweep %s starts.", run_id)
        await open_missing(self._ports, run)

    async def _resume(self) -> None:
        run, now = await self._ports.runs.current(), self._ports.clock.now()
        if run is None or run.finished_at:
            return
        longest = self.parts.policy.rules.sweep.longest
        if now - run.started_at > longest:
            await cut_short(self._ports, run, f"The run was cut short after {longest}: policy's sweep.longest.")
        await open_missing(self._ports, run)
        await self._go_on(run)
        for state in await self._ports.runs.chains(run.run_id):
            if not state.done and now - (state.changed_at or run.started_at) >= _STALLED:
                _LOG.warning("Sweep %s: %s stands still at step %d; it is sent anew.", *_place(state))
                await self._ports.queue.send(_anew(state, now.timestamp()))

    async def _step(self, message: StepMessage) -> None:
        run = await self._ports.runs.current()
        if run is None or run.run_id != message.run_id or run.finished_at:
            _LOG.info("A step of sweep %s comes too late: that run is over.", message.run_id)
            return
        state = await self._ports.runs.chain(run.run_id, message.chain)
        if state is None:
            return
        if message.step == state.step and not state.done:
            state = await self._done(run, state)
        await send_next(self._ports, state)
        if state.done:
            await self._go_on(run)

    async def _done(self, run: Run, state: ChainState) -> ChainState:
        """Does a step, and writes down that it is done; where another worker did so first, takes over its word."""
        stepped = await _WORK[state.chain](Step(self.parts, run, state))
        try:
            return await self._ports.runs.advance(stepped.state_after(state, self._ports.clock.now()))
        except LedgerConflictError:
            return await self._ports.runs.chain(run.run_id, state.chain) or state

    async def _go_on(self, run: Run) -> None:
        if await go_on(self._ports, run):
            await end_run(self.parts, run)

    async def _later(self, message: StepMessage, fault: TransientError) -> None:
        wait = wait_for(fault, message.attempt)
        _LOG.warning("Sweep %s: step %s waits %.0f s: %s", message.run_id, message.message_id, wait, fault)
        await self._note_wait(message, wait)
        again = message.model_copy(update={"attempt": message.attempt + 1})
        await patiently(self._ports.clock, lambda: self._ports.queue.send(again, timedelta(seconds=wait)))

    async def _note_wait(self, message: StepMessage, seconds: float) -> None:
        """Notes that a chain waits and does not stand still: else `resume` would send its step beside this one."""
        try:
            state = await self._ports.runs.chain(message.run_id, message.chain)
            if state and state.step == message.step and not state.done:
                until = self._ports.clock.now() + timedelta(seconds=seconds)
                await self._ports.runs.advance(replace(state, changed_at=until))
        except TransientError:
            _LOG.info("Sweep %s: that %s waits could not be noted.", message.run_id, message.chain)


def _place(state: ChainState) -> tuple[str, Chain, int]:
    return state.run_id, state.chain, state.step


def _anew(state: ChainState, seconds: float) -> StepMessage:
    return StepMessage(run_id=state.run_id, chain=state.chain, step=state.step, turn=int(seconds) // 60)
