"""Shows held requests and decides about them: `python -m shared.approvals list|approve|cancel`.

Settings come from the environment, as the app's do. Exit status 0: done; 1: it would not count; 2: not done.
"""

import argparse
import asyncio
import sys

from pydantic import ValidationError

from shared.approval_codes import ACCEPTED, MESSAGES
from shared.command_parts import approval_desk_of
from shared.composition import configuration
from shared.errors import MfaPhoneError
from shared.json_text import shown
from shared.messages.approval import HoldWord
from shared.messages.held_event import hold_id
from shared.record import Record
from shared.told_faults import told_faults


def _arguments() -> argparse.Namespace:
    description = "Shows the requests that are held, and lets them go on or cancels them."
    parser = argparse.ArgumentParser(prog="python -m shared.approvals", description=description)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show what waits for a second person, or for its cooling-off period")
    for word, text in ((HoldWord.APPROVE, "let a held request go on"), (HoldWord.CANCEL, "end a held request")):
        command = commands.add_parser(word, help=text)
        command.add_argument("hold", metavar="HOLD-ID", help="as `list` and the event show it, such as HR-17:held")
        command.add_argument("--by", required=True, help="who decides, as policy's `approvers` names them")
        command.add_argument("--reason", required=True, help="why, or how the user was identified; kept and told")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> int:
    async with approval_desk_of(configuration()) as desk:
        if arguments.command == "list":
            waiting = await desk.waiting()
            _say("\n\n".join(map(_shown, waiting)) or "Nothing is held.")
            return 0
        code = await desk.decide(arguments.hold, HoldWord(arguments.command), arguments.by, arguments.reason)
    _say(f"{code}: {MESSAGES[code]}")
    return 0 if code in ACCEPTED else 1


def _shown(record: Record) -> str:
    """Gives what a person must know of a held request; numbers are masked."""
    hold = record.hold
    if hold is None:
        return record.key
    ends = f"goes on by itself at {hold.releases_at:%Y-%m-%d %H:%M} UTC" if hold.releases_at else "needs an approval"
    number = f"{hold.previous_masked_number or 'none'} -> {hold.masked_number or 'none'}"
    why = "\n".join(f"  {finding.code}: {finding.message}" for finding in hold.findings)
    asked = f"asked for by {shown(record.requested_by)}"
    head = f"{hold_id(record.key, hold)}  {hold.user.user_principal_name}  {number}  {asked}"
    return f"{head}\n  {ends}; expires at {hold.expires_at:%Y-%m-%d %H:%M} UTC\n{why}"


def _say(text: str) -> None:
    print(text)  # noqa: T201 - a command's answer


def main() -> int:
    """Runs the command."""
    try:
        return asyncio.run(_run(_arguments()))
    except ValidationError as fault:
        print("; ".join(told_faults(fault, "approval")), file=sys.stderr)  # noqa: T201 - a command's answer
    except MfaPhoneError as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - a command's answer
    return 2


if __name__ == "__main__":
    sys.exit(main())
