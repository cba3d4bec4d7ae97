"""The command line of the sweep's demo: what was given, what it ends with."""

import argparse
import asyncio
import logging
import os
import sys
import webbrowser
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from local.children import ProgramEndedError
from local.serving import EXIT_CANNOT_START, CannotStartError
from local.sweep_demo import report
from local.sweep_demo.company import FEWEST, GeneratedTenant
from local.sweep_demo.folder import DEFAULT_FOLDER, SweepFolder
from local.sweep_demo.one_run import StuckError
from local.sweep_demo.run import WEEKS, SweepInput, run_demo
from local.sweep_demo.todays_policy import write_policy
from local.terminal import console as terminal_console
from local.terminal import ended, stopped_in_order
from shared.errors import MfaPhoneError

EXIT_WRONG: Final = 1
EXIT_STOPPED: Final = 130
PEOPLE: Final = 400
SEED: Final = 20261126
# More take longer than anybody watches; `make sweep-bench` is for those.
MOST: Final = 20_000
_GRAPH: Final = {"latencyMs": [1, 5], "seed": SEED}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the demo and gives its exit status: 0 when all that was planted was found, and nothing else."""
    told = _parser().parse_args(arguments)
    # What the SDKs think of connections that end with the demo is of no interest on the screen.
    for name in ("azure", "shared", "uamqp"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return _demonstrate(told)
    except CannotStartError as fault:
        return ended(EXIT_CANNOT_START, str(fault))
    except (ProgramEndedError, StuckError, MfaPhoneError) as fault:
        return ended(EXIT_WRONG, f"The demo stopped: {fault} Nothing is left running.")
    except BrokenPipeError:
        # Whoever read the output has gone, so Python's last flush would fail as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_WRONG
    except OSError as fault:
        where = f": {fault.filename}" if fault.filename else ""
        return ended(EXIT_CANNOT_START, f"The demo stopped: {fault.strerror or fault}{where}.")
    except (KeyboardInterrupt, asyncio.CancelledError):
        return ended(EXIT_STOPPED, "Stopped; nothing is left running.")


def _demonstrate(told: argparse.Namespace) -> int:
    console, folder = terminal_console(), SweepFolder(told.folder)
    with folder.cleared():
        given = _prepared(folder, told.people, told.seed, licence=not told.no_licence)
        _introduce(console, told.people)
        swept = asyncio.run(stopped_in_order(run_demo(given, console)))
        report.show(console, folder, swept, told.people)
        is_exact = report.verdict(console, swept.compared)
    if told.open:
        webbrowser.open(folder.report.as_uri())
    return 0 if is_exact else EXIT_WRONG


def _prepared(folder: SweepFolder, people: int, seed: int, *, licence: bool) -> SweepInput:
    tenant = GeneratedTenant(people, seed, datetime.now(UTC).date(), WEEKS)
    tenant.write(folder.tenant, _GRAPH)
    return SweepInput(folder, tenant, write_policy(folder.policy, tenant), licence)


def _introduce(console: Console, people: int) -> None:
    console.print(
        f"A company of {people:,} people on its way to passkeys, some of them with a fault that the sweep must find."
    )


def _number_of_people(text: str) -> int:
    if not text.isdecimal() or not FEWEST <= int(text) <= MOST:
        message = f"'{text}' is no such number: give one from {FEWEST} to {MOST}; make sweep-bench takes more"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _parser() -> argparse.ArgumentParser:
    description = "A company is swept on this machine: who would be locked out, and who breaks the rules."
    parser = argparse.ArgumentParser(prog="python -m local.sweep_demo", description=description)
    parser.add_argument(
        "--people", type=_number_of_people, default=PEOPLE, metavar="N", help="how many there are (default %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="draws the people (default %(default)s)")
    parser.add_argument(
        "--folder", type=Path, default=DEFAULT_FOLDER, metavar="DIR", help="outputs, a new folder (default %(default)s)"
    )
    parser.add_argument(
        "--no-licence", action="store_true", help="the tenant has no Entra ID P1: no registration report, no PIM"
    )
    parser.add_argument("--open", action="store_true", help="open the report in the browser at the end")
    return parser
