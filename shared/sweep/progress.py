"""Opens the chains of a run in their order, each phase when the one before it is done."""

import logging
from dataclasses import replace

from shared.errors import LedgerConflictError
from shared.sweep.parts import SweepPorts
from shared.sweep.words import GATHERING, Chain, ChainState, Run, StepMessage

_LOG = logging.getLogger(__name__)
# What comes after everything was gathered, one after the other.
_LATER = (Chain.JUDGING, Chain.SHARING, Chain.PUBLISHING, Chain.REMEDYING, Chain.NOTICING)


async def open_missing(ports: SweepPorts, run: Run) -> None:
    """Opens the chains of the first phase that are not open yet, and sends their first steps."""
    there = {state.chain for state in await ports.runs.chains(run.run_id)}
    for chain in GATHERING:
        if chain not in there:
            await open_chain(ports, run, chain)


async def open_chain(ports: SweepPorts, run: Run, chain: Chain) -> None:
    """Opens a chain, unless it is open, and sends the step that it has come to."""
    state = await ports.runs.open(ChainState(run.run_id, chain, changed_at=ports.clock.now()))
    await send_next(ports, state)


async def send_next(ports: SweepPorts, state: ChainState) -> None:
    """Sends the step that a chain has come to; once more is taken for a copy."""
    if not state.done:
        await ports.queue.send(StepMessage(run_id=state.run_id, chain=state.chain, step=state.step))


async def go_on(ports: SweepPorts, run: Run) -> bool:
    """Opens the chain that comes next, where all before it are done. Says whether the whole run is done.

    The last two chains of a phase may end at the same moment, and both may find the phase done: a chain opens once.
    """
    states = {state.chain: state for state in await ports.runs.chains(run.run_id)}
    if not all(chain in states and states[chain].done for chain in GATHERING):
        return False
    for chain in _LATER:
        if chain not in states:
            await open_chain(ports, run, chain)
            return False
        if not states[chain].done:
            return False
    return True


async def cut_short(ports: SweepPorts, run: Run, told: str) -> None:
    """Ends the chains that still gather, so that the run goes on with what it has."""
    for state in await ports.runs.chains(run.run_id):
        if state.chain in GATHERING and not state.done:
            await _end(ports, state, told)


async def _end(ports: SweepPorts, state: ChainState, told: str) -> None:
    ended = replace(state, done=True, remarks=(*state.remarks, told), changed_at=ports.clock.now())
    try:
        await ports.runs.advance(ended)
    except LedgerConflictError:
        # A step has just been done; the next look ends the chain.
        _LOG.info("Sweep %s: %s moved on while it was to be cut short.", state.run_id, state.chain)
