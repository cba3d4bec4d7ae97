"""Shows held requests and decides about them: `python -m shared.approvals list|approve|cancel`.

Settings come from the environment, as the app's do. Exit status 0: done; 1: it would not count; 2: not done.
"""

import argparse
import asyncio
import sys
from datetime import datetime

from pydantic import ValidationError

from shared.approval_codes import ACCEPTED, MESSAGES
from shared.command_parts import approval_desk_of, command_configuration
from shared.errors import MfaPhoneError
from shared.json_text import shown
from shared.messages.approval import HoldWord
from shared.messages.held_event import hold_id, request_of
from shared.record import Record
from shared.request_hold import RequestHold
from shared.told_faults import told_faults


def _arguments() -> argparse.Namespace:
    description = "Shows the requests that are held, and lets them go on or cancels them."
    parser = argparse.ArgumentParser(prog="python -m shared.approvals", description=description)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show what waits for a second person, or for its cooling-off period")
    for word, text in ((HoldWord.APPROVE, "let a held request go on"), (HoldWord.CANCEL, "end a held request")):
        command = commands.add_parser(word, help=text)
        command.add_argument(
            "hold", metavar="HOLD-ID", type=_hold_id, help="as `list` and the event show it, such as HR-17:held"
        )
        command.add_argument("--by", required=True, help="who decides, as policy's `approvers` names them")
        command.add_argument("--reason", required=True, help="why, or how the user was identified; kept and told")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> int:
    async with approval_desk_of(command_configuration()) as desk:
        if arguments.command == "list":
            waiting = await desk.waiting()
            _say("\n\n".join(map(_shown, waiting)) or "Nothing is held.")
            return 0
        code = await desk.decide(arguments.hold, HoldWord(arguments.command), arguments.by, arguments.reason)
    if code not in ACCEPTED:
        _say(f"{code}: {MESSAGES[code]}")
        return 1
    _say(f"{code}: sent. An event answers it, and the request looks again within policy's hold.lookAgain.")
    return 0


def _shown(record: Record) -> str:
    """Gives what a person must know of a held request; numbers are masked."""
    hold = record.hold
    if hold is None:
        return record.key
    lines = [
        f"{hold_id(record.key, hold.generation)}  {hold.user.user_principal_name}",
        f"  {_asked(record, hold)}",
        f"  asked for by {shown(record.requested_by)}: {shown(record.reason)}",
        f"  held since {_moment(hold.placed_at)}; {_end(hold)}",
        *(f"  {finding.code}: {finding.message}" for finding in hold.findings),
    ]
    return "\n".join(lines)


def _asked(record: Record, hold: RequestHold) -> str:
    what = f"undo of {record.undoes}" if record.undoes else record.operation or "change"
    numbers = f"{hold.previous_masked_number or 'none'} -> {hold.masked_number or 'none'}"
    return f"{what}, {hold.phone_type or 'all phones'}: {numbers}"


def _end(hold: RequestHold) -> str:
    if hold.releases_at:
        return f"goes on by itself at {_moment(hold.releases_at)} unless it is cancelled"
    return f"needs an approval, and expires at {_moment(hold.expires_at)}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _hold_id(text: str) -> str:
    if request_of(text) is None:
        message = "name the hold as `list` and the event do, such as HR-17:held"
        raise argparse.ArgumentTypeError(message)
    return text


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
