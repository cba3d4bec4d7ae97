"""One measured run of the sweep in the Functions host, with kills in between where they are asked for."""

import asyncio
import base64
import json
import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.memory import MemoryLog
from local.stack import SERVICEBUS_CONFIG, Stack, StackOptions, running_stack
from local.sweep_demo.company import GeneratedTenant
from local.sweep_demo.comparison import Comparison, found_in_file
from local.sweep_demo.one_run import desk_of, fetched, started, until_done
from local.sweep_demo.planted import Planted
from local.sweep_demo.todays_policy import write_policy
from local.sweep_demo.twin_control import TwinControl
from shared.sweep.told_status import SweepStatus

type Tell = Callable[[str], None]

_TOLD_EVERY: Final = 15.0
# A killed host holds its sessions for as long as a lock lasts: in Azure a minute, here less, for the watcher's sake.
_LOCK: Final = "PT10S"
# The calls of the report that Microsoft allows in ten seconds.
_REPORT_CALLS: Final = 5
_WINDOW: Final = 10.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A generated tenant on disk, and what is to be found in it."""

    folder: Path
    planted: tuple[Planted, ...]
    reads_per_10_s: int
    number_key: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode(), repr=False)

    @classmethod
    def of(cls, folder: Path, users: int, seed: int, reads_per_10_s: int) -> "Prepared":
        """Generates it. The same seed gives the same tenant."""
        tenant = GeneratedTenant(users, seed, datetime.now(UTC).date())
        tenant.write(folder / "tenant.json", {"limits": "published", "requestLog": 0, "seed": seed})
        of_policy = write_policy(folder / "policy.json", tenant)
        (folder / "servicebus.json").write_text(json.dumps(_service_bus()), encoding="utf-8")
        return cls(folder, (*tenant.planted, *of_policy), reads_per_10_s)

    def options(self, name: str, *, is_killed: bool) -> StackOptions:
        """Describes the stack of one run, which keeps its logs in a folder of its own."""
        return StackOptions(
            self.folder / "tenant.json",
            self.folder / name,
            self.folder / "policy.json",
            settings={
                "SWEEP_READS_PER_10_S": str(self.reads_per_10_s),
                "SWEEP_CONCURRENCY": "4",
                # One for all runs: by its hashes numbers are told in the same order.
                "NUMBER_HMAC_KEY": self.number_key,
            },
            servicebus_config=self.folder / "servicebus.json" if is_killed else SERVICEBUS_CONFIG,
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run came to."""

    seconds: float
    allowed_seconds: float
    compared: Comparison
    findings: Path
    summary: dict[str, Any]
    peaks: tuple[float, float]
    requests: dict[str, Any]
    kills: int

    @property
    def ratio(self) -> float:
        """The run's time as a multiple of what the limits allow."""
        return self.seconds / self.allowed_seconds


async def measured_run(given: Prepared, name: str, kills: Sequence[float], tell: Tell) -> Measured:
    """Runs it. `kills` are the seconds after the start at which the host dies by SIGKILL, and is started again."""
    options = given.options(name, is_killed=bool(kills))
    async with running_stack(options) as stack:
        tell(f"{name}: all programs run")
        twin, memory = TwinControl.of(stack), MemoryLog(lambda: stack.child("host").process.pid)
        watching = [asyncio.create_task(memory.watch())]
        try:
            async with desk_of(stack.settings) as desk:
                run, began = await started(desk), time.monotonic()
                watching.append(asyncio.create_task(_killing(stack, kills, began, tell)))
                await until_done(desk, run, _progress(name, tell))
                seconds = time.monotonic() - began
                files = await fetched(desk, run, options.folder)
            counts = await twin.counts()
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
            await twin.close()
    by_name = {path.name: path for path in files}
    summary = json.loads(by_name["summary.json"].read_text(encoding="utf-8"))
    findings = by_name["findings.jsonl"]
    return Measured(
        seconds=seconds,
        allowed_seconds=_allowed(summary, given.reads_per_10_s),
        compared=Comparison.of(given.planted, found_in_file(findings)),
        findings=findings,
        summary=summary,
        peaks=memory.peaks(),
        requests=counts,
        kills=len(kills),
    )


def kill_moments(count: int, seconds: float, seed: int) -> tuple[float, ...]:
    """Draws when to kill, spread over the time that a run takes."""
    dice = random.Random(seed)  # noqa: S311 - moments, no secret
    return tuple(sorted(dice.uniform(0.02, 0.95) * seconds for _ in range(count)))


def _allowed(summary: dict[str, Any], reads_per_10_s: int) -> float:
    """Gives the seconds that the limits alone cost: report and readings go on side by side."""
    effort = summary["effort"]
    pages, reads = int(effort["reportPages"]), int(effort["methodReads"])
    return max(pages / _REPORT_CALLS * _WINDOW, reads / reads_per_10_s * _WINDOW, 1.0)


async def _killing(stack: Stack, kills: Sequence[float], began: float, tell: Tell) -> None:
    for number, moment in enumerate(kills, 1):
        await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
        host = stack.child("host")
        await host.kill()
        await host.restart()
        tell(f"kill {number} of {len(kills)}, at {moment:.0f} s")


def _progress(name: str, tell: Tell) -> Callable[[SweepStatus], None]:
    last = [0.0]

    def seen(status: SweepStatus) -> None:
        if time.monotonic() - last[0] >= _TOLD_EVERY:
            last[0] = time.monotonic()
            chains = ", ".join(f"{state.chain} {'done' if state.done else state.step}" for state in status.chains)
            tell(f"{name}: {chains}")

    return seen


def _service_bus() -> dict[str, Any]:
    config: dict[str, Any] = json.loads(SERVICEBUS_CONFIG.read_text(encoding="utf-8"))
    for queue in config["queues"]:
        queue["properties"] |= {"lockDuration": _LOCK, "maxDeliveryCount": 1000}
    return config
