"""Runs the demo: stack up, weeks gone by, a change taken over, the sweep, its report; stack down."""

import asyncio
import importlib
import time
from collections.abc import Coroutine, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from rich.console import Console

from local.children import ProgramEndedError
from local.stack import Stack, StackOptions, running_stack
from local.sweep_demo.company import GeneratedTenant
from local.sweep_demo.comparison import Comparison, found_in_file
from local.sweep_demo.drift import plant_drifts
from local.sweep_demo.environment import environment
from local.sweep_demo.folder import SweepFolder
from local.sweep_demo.one_run import desk_of, fetched, started, until_done
from local.sweep_demo.planted import Planted
from local.sweep_demo.progress import meanwhile, watched_run
from local.sweep_demo.twin_control import TwinControl
from shared.compliance.finding import ComplianceCode
from shared.sweep.words import Run

WEEKS: Final = 8
_SETTINGS: Final = {"EVENT_SOURCE": "/mfa-phone-change/sweep-demo", "OUTBOX_SCHEDULE": "*/10 * * * * *"}
_STARTING: Final = "Starting identity, Graph, Service Bus, storage and the Functions host ..."
_PAST: Final = "Going through the past {} weeks: a sweep each, while people register passkeys ..."
# Two drifts, and one change that stands as HR had it.
_CHANGED: Final = 3
# Takes seconds of importing Microsoft's SDK, in which the stack starts as well.
_PAST_WEEKS: Final = "local.sweep_demo.past_weeks"


@dataclass(frozen=True, slots=True)
class SweepInput:
    """What the demo runs on; all of it is in the folder before anything starts."""

    folder: SweepFolder
    tenant: GeneratedTenant
    # What is to be found about policy itself.
    of_policy: tuple[Planted, ...]
    licence: bool = True


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of it."""

    run: Run
    compared: Comparison
    seconds: float
    sweep_seconds: float
    mails: int


async def run_demo(given: SweepInput, console: Console) -> Swept:
    """Runs the demo. Raises ProgramEndedError and StuckError where it comes to no end."""
    began = time.monotonic()
    folder = given.folder
    options = StackOptions(folder.tenant, folder.path, folder.policy, settings=_SETTINGS)
    async with AsyncExitStack() as running:
        with meanwhile(console, _STARTING):
            importing = asyncio.create_task(asyncio.to_thread(importlib.import_module, _PAST_WEEKS))
            stack = await running.enter_async_context(running_stack(options))
            await importing
        twin = TwinControl.of(stack)
        running.push_async_callback(twin.close)
        try:
            run, drifts, seconds = await stack.during(_swept(given, stack, twin, console))
        except (asyncio.CancelledError, ProgramEndedError):
            # Functions that run are given their time, so this may take half a minute.
            console.print("Stopping ...")
            raise
    planted = (*given.tenant.planted, *given.of_policy, *drifts)
    found = tuple(found_in_file(folder.findings))
    if not given.licence:
        planted, found = _without_licence(planted, given.tenant), _without_licence(found, given.tenant)
    mails = len(list(folder.mail.glob("*.eml")))
    return Swept(run, Comparison.of(planted, found), time.monotonic() - began, seconds, mails)


async def _swept(
    given: SweepInput, stack: Stack, twin: TwinControl, console: Console
) -> tuple[Run, tuple[Planted, ...], float]:
    with meanwhile(console, _PAST.format(WEEKS)), environment(stack.settings):
        people = [user_id for user_id, _ in given.tenant.ordinary[:_CHANGED]]
        drifts, _ = await _both(plant_drifts(stack, twin, people), _live_through(given.tenant, twin))
    await twin.turn({"limits": "published", "premium": given.licence})
    began = time.monotonic()
    async with desk_of(stack.settings) as desk:
        run = await started(desk)
        console.print(f"Sweep {run.run_id} runs in the Functions host, within Microsoft's published limits.")
        with watched_run(console) as seen:
            await until_done(desk, run, seen)
        await fetched(desk, run, given.folder.path)
    return run, drifts, time.monotonic() - began


async def _live_through(tenant: GeneratedTenant, twin: TwinControl) -> None:
    """Sweeps once a week; after each sweep some register a passkey."""
    past: Any = importlib.import_module(_PAST_WEEKS)
    async with past.past_weeks() as weeks:
        for week, night in enumerate(past.weekly(datetime.now(UTC), WEEKS), 1):
            await weeks.sweep(night)
            await past.join_in(twin, tenant.joined, week)


async def _both[A, B](one: Coroutine[Any, Any, A], other: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """Does two things side by side; where one fails, the other ends, and the fault is told as it is."""
    try:
        async with asyncio.TaskGroup() as tasks:
            first, second = tasks.create_task(one), tasks.create_task(other)
    except ExceptionGroup as faults:
        raise faults.exceptions[0] from None
    return first.result(), second.result()


def _without_licence(findings: Iterable[Planted], tenant: GeneratedTenant) -> tuple[Planted, ...]:
    """Leaves out what takes a licence to know: who may become an administrator, and what the report alone tells."""
    untold = frozenset((*tenant.refused, *tenant.reported))
    return tuple(
        each for each in findings if each.code is not ComplianceCode.PROTECTED_ON_PHONE and each.user_id not in untold
    )
