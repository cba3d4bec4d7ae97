"""The command line of the demo: what was given, what it ends with."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from local.children import ProgramEndedError
from local.demo.accounting import Account
from local.demo.folder import DEFAULT_FOLDER, DemoFolder
from local.demo.preparing import POLICY, SEED, Given, prepared
from local.demo.run import run_demo
from local.demo.second_person import DEMO_APPROVER
from local.options import http_url
from local.serving import EXIT_CANNOT_START, CannotStartError
from local.terminal import console as terminal_console
from local.terminal import ended, stopped_in_order
from shared.errors import PolicyError

EXIT_LOST = 1
EXIT_STOPPED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the demo and gives its exit status: 0 when every request reached an outcome and nothing was lost."""
    parser = _parser()
    told = parser.parse_args(arguments)
    if told.approve and not (told.feed or told.tenant):
        parser.error("--approve is for a feed or a tenant of your own: in the demo's own story people approve")
    # What the SDK thinks of a connection that ends with the demo is of no interest on the screen.
    logging.getLogger("azure").setLevel(logging.CRITICAL)
    try:
        return _demonstrate(told)
    except (CannotStartError, PolicyError) as fault:
        return ended(EXIT_CANNOT_START, str(fault))
    except ProgramEndedError as fault:
        return ended(EXIT_LOST, f"The demo stopped: {fault} Nothing is left running.")
    except BrokenPipeError:
        # Whoever read the output has gone, so Python's last flush would fail as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_LOST
    except OSError as fault:
        return ended(EXIT_CANNOT_START, f"The demo stopped: {fault.strerror or fault}: {fault.filename or ''}")
    except (KeyboardInterrupt, asyncio.CancelledError):
        return ended(EXIT_STOPPED, "Stopped; nothing is left running.")


def _demonstrate(told: argparse.Namespace) -> int:
    _check_picture(told.svg)
    console = terminal_console()
    given = Given.read(told.feed, told.tenant, told.policy, datetime.now(UTC), approves=told.approve)
    folder = DemoFolder(told.folder, [path for path in (told.feed, told.tenant, told.policy, told.svg) if path])
    with folder.cleared():
        ready = replace(prepared(given, folder, told.seed, console), collector=told.otlp)
        account = Account.of(ready.messages, given.now)
        return 0 if asyncio.run(stopped_in_order(run_demo(ready, console, account, told.svg))) else EXIT_LOST


def _check_picture(path: Path | None) -> None:
    if path and not path.parent.is_dir():
        message = f"The picture {path} cannot be written: its folder is not there."
        raise CannotStartError(message)


def _parser() -> argparse.ArgumentParser:
    description = "An HR feed becomes changed phone numbers, completion events and mails, on this machine."
    parser = argparse.ArgumentParser(prog="python -m local.demo", description=description)
    parser.add_argument("--feed", type=Path, metavar="FILE", help="HR feed, .csv or .jsonl (docs/feed.md)")
    parser.add_argument(
        "--tenant", type=Path, metavar="FILE", help="tenant of Graph-shaped users (docs/tenant-file.md)"
    )
    parser.add_argument("--policy", type=Path, default=POLICY, metavar="FILE", help="policy file (default %(default)s)")
    parser.add_argument(
        "--folder", type=Path, default=DEFAULT_FOLDER, metavar="DIR", help="outputs, a new folder (default %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=SEED, help="draws the people and the requests (default %(default)s)"
    )
    parser.add_argument(
        "--approve", action="store_true", help=f"approve whatever of your own feed is held, as {DEMO_APPROVER}"
    )
    parser.add_argument("--svg", type=Path, metavar="FILE", help="also draw what the run showed as a picture")
    parser.add_argument(
        "--otlp",
        type=http_url,
        default="",
        metavar="URL",
        help="also send telemetry to an OTLP/HTTP collector: http://localhost:4318",
    )
    return parser
