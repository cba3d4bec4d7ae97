"""Sweeps a large generated tenant within Microsoft's limits, and says what came of it: `make sweep-bench`."""

import argparse
import asyncio
import json
import logging
import sys
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.sweep_run import Measured, Prepared, kill_moments, measured_run
from local.children import ProgramEndedError
from local.serving import CannotStartError
from local.sweep_demo.comparison import without_times
from local.sweep_demo.one_run import StuckError

USERS: Final = 200_000
READS: Final = 2_000
SEED: Final = 1
EXIT_WRONG: Final = 1
_MOST_DIFFERENCES: Final = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark. The status is 0 when exactly what was planted was found, in all runs alike."""
    told = _parser().parse_args(arguments)
    for name in ("azure", "shared", "uamqp"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with TemporaryDirectory(prefix="sweep-bench-") as folder:
        try:
            (told.folder or Path(folder)).mkdir(parents=True, exist_ok=True)
            return asyncio.run(_benchmark(told, (told.folder or Path(folder)).resolve()))
        except (CannotStartError, ProgramEndedError, StuckError, OSError) as fault:
            print(f"The benchmark stopped: {fault}", file=sys.stderr)  # noqa: T201 - for the person at the terminal
            return EXIT_WRONG


async def _benchmark(told: argparse.Namespace, folder: Path) -> int:
    console, began = Console(highlight=False, markup=False), time.monotonic()

    def tell(line: str) -> None:
        console.print(f"{time.monotonic() - began:6.0f} s  {line}", soft_wrap=True)

    given = Prepared.of(folder, told.users, told.seed, told.reads)
    tell(f"a tenant of {told.users:,} people is written, with {len(given.planted):,} findings planted in it")
    runs = [await measured_run(given, "whole", (), tell)]
    same = True
    if told.kills:
        moments = kill_moments(told.kills, runs[0].seconds, told.seed)
        runs.append(await measured_run(given, "killed", moments, tell))
        same = list(without_times(runs[0].findings)) == list(without_times(runs[1].findings))
    console.print(_table(runs))
    for run in runs:
        for line in islice(run.compared.differences(), _MOST_DIFFERENCES):
            console.print(line, soft_wrap=True)
    if told.kills:
        console.print(f"The findings of the killed run are {'the same' if same else 'NOT the same'}, line by line.")
    if told.json:
        told.json.write_text(json.dumps([_figures(run) for run in runs], indent=2) + "\n", encoding="utf-8")
    return 0 if same and all(run.compared.is_exact for run in runs) else EXIT_WRONG


def _figures(run: Measured) -> dict[str, Any]:
    before, after = run.peaks
    return {
        "people": run.summary["coverage"]["people"] + run.summary["coverage"]["guestsLeftOut"],
        "planted": run.compared.planted,
        "found": run.compared.found,
        "exact": run.compared.is_exact,
        "complete": run.summary["complete"],
        "readings": run.summary["effort"]["methodReads"],
        "reportPages": run.summary["effort"]["reportPages"],
        "throttled": run.summary["effort"]["throttled"],
        "seconds": round(run.seconds),
        "allowedSeconds": round(run.allowed_seconds),
        "ratio": round(run.ratio, 2),
        "hostPeakMbFirstThird": round(before),
        "hostPeakMbAfter": round(after),
        "kills": run.kills,
    }


def _table(runs: Sequence[Measured]) -> Table:
    table = Table("", *(f"{run.kills} kills" if run.kills else "uninterrupted" for run in runs))
    figures = [_figures(run) for run in runs]
    for name in figures[0]:
        table.add_row(name, *(str(each[name]) for each in figures))
    return table


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=(__doc__ or "").split(":")[0] + ".")
    parser.add_argument("--users", type=int, default=USERS, metavar="N", help="how many people (default %(default)s)")
    parser.add_argument(
        "--reads", type=int, default=READS, metavar="N", help="readings of methods in 10 s (default %(default)s)"
    )
    parser.add_argument("--kills", type=int, default=0, metavar="N", help="a second run in which the host dies N times")
    parser.add_argument("--seed", type=int, default=SEED, help="draws people and kills (default %(default)s)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="keeps tenant, logs and reports (default: nothing)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes the figures there as well")
    return parser


if __name__ == "__main__":
    sys.exit(main())
