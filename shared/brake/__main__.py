"""Looks at the brake and turns it: `python -m shared.brake status|engage|resume --by NAME --reason TEXT`.

Settings come from the environment, as the app's do. Exit status 0: done; 1: writing is stopped (status); 2: not done.
"""

import argparse
import asyncio
import sys

from shared.command_parts import brake_of, command_configuration
from shared.errors import MfaPhoneError


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m shared.brake", description="Looks at the brake, or turns it.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help="say whether writing is stopped; exit status 1 where it is")
    for name, text in (("engage", "stop all writing"), ("resume", "let writing go on")):
        command = commands.add_parser(name, help=text)
        command.add_argument("--by", required=True, help="who turns it; told in the event")
        command.add_argument("--reason", required=True, help="why; told in the event")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> int:
    async with brake_of(command_configuration()) as brake:
        if arguments.command == "engage":
            await brake.engage(arguments.by, arguments.reason)
        elif arguments.command == "resume":
            await brake.resume(arguments.by, arguments.reason)
        state = await brake.log.state()
    word = "ENGAGED" if state.engaged else "released"
    since = f" since {state.since:%Y-%m-%d %H:%M:%S} UTC by {state.by}: {state.reason}" if state.reason else ""
    print(f"The brake is {word}{since}")  # noqa: T201 - a command's answer
    return 1 if state.engaged and arguments.command == "status" else 0


def main() -> int:
    """Runs the command."""
    try:
        return asyncio.run(_run(_arguments()))
    except MfaPhoneError as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - a command's answer
        return 2


if __name__ == "__main__":
    sys.exit(main())
