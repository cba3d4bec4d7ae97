"""Looks at sweeps, starts one, or fetches a report: `python -m shared.sweep status|start|download`.

Settings come from the environment, as the app's do. Exit status 0: done; 1: there is nothing to start or to fetch; 2:
not done.
"""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import BinaryIO

from shared.command_parts import command_configuration, sweep_desk_of
from shared.errors import MfaPhoneError
from shared.sweep.desk import LATEST, SweepDesk
from shared.sweep.told_status import moment, told_status
from shared.sweep.words import RUN_ID


def _arguments() -> argparse.Namespace:
    description = "Looks at the compliance sweep, starts a run, or fetches a report."
    parser = argparse.ArgumentParser(prog="python -m shared.sweep", description=description)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help="show how far the newest run is, and what past ones found")
    commands.add_parser("start", help="start a run now; the app carries it out")
    download = commands.add_parser("download", help="fetch a run's report with its CSV, JSON Lines and summary")
    download.add_argument(
        "--run", metavar="ID", type=_run_id, default=LATEST, help="as `status` shows it; default: %(default)s"
    )
    download.add_argument("--to", metavar="FOLDER", type=Path, required=True, help="a folder per run is made in it")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> int:
    async with sweep_desk_of(command_configuration()) as desk:
        match arguments.command:
            case "status":
                _say(told_status(await desk.status()))
                return 0
            case "start":
                return await _start(desk)
            case _:
                return await _download(desk, arguments.run, arguments.to)


async def _start(desk: SweepDesk) -> int:
    if run := await desk.start():
        _say(f"Sweep {run.run_id} is started; `status` shows how far it is.")
        return 0
    last = (await desk.status()).run
    _say("No run is started: " + (f"sweep {last.run_id} began {moment(last.started_at)}." if last else "lost a race."))
    return 1


async def _download(desk: SweepDesk, run: str, folder: Path) -> int:
    found = await desk.reported(run)
    if found is None:
        _say("There is no report yet." if run == LATEST else f"There is no report of run {run}.")
        return 1
    run_id, names = found
    for name in names:
        file = folder / run_id / Path(name).name
        partial = file.with_name(f"{file.name}.partial")
        with _opened(partial) as opened:
            async for part in desk.reports.read(run_id, name):
                opened.write(part)
        _take(partial, file)
        _say(str(file))
    return 0


def _opened(file: Path) -> BinaryIO:
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.open("wb")


def _take(partial: Path, file: Path) -> None:
    """Puts a file that is whole in its place."""
    partial.replace(file)


def _run_id(text: str) -> str:
    if text != LATEST and not RUN_ID.fullmatch(text):
        message = f"name the run as `status` does, such as 20261126T0100Z, or say {LATEST}"
        raise argparse.ArgumentTypeError(message)
    return text


def _say(text: str) -> None:
    print(text)  # noqa: T201 - a command's answer


def main() -> int:
    """Runs the command."""
    try:
        return asyncio.run(_run(_arguments()))
    except MfaPhoneError as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - a command's answer
    except OSError as fault:
        told = f"The report cannot be written to {fault.filename}: {fault.strerror or fault}."
        print(told, file=sys.stderr)  # noqa: T201 - a command's answer
    return 2


if __name__ == "__main__":
    sys.exit(main())
