"""Explains decisions, and tests policies: `python -m shared.policy explain|test|check|table`.

Exit status 0: done, and every case passed; 1: a case failed, or the policy has faults; 2: it could not be done.
"""

import argparse
import json
import os
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue, TypeAdapter, ValidationError

from shared.directory_user import UserState
from shared.document_tables import with_tables
from shared.errors import PolicyError
from shared.explain.case_run import line_of, run_cases
from shared.explain.decision_table import tables
from shared.explain.example.tenant import find_user
from shared.explain.example.words import ExampleError
from shared.explain.explanation import absence_of, explain, facts_of
from shared.explain.explanation_text import explanation_json, explanation_text
from shared.messages.change_request import ChangeRequest, Timestamp
from shared.messages.decode import Unreadable, decode
from shared.messages.received import ReceivedMessage
from shared.policy.cases import CaseHistory
from shared.policy.load import load_policy
from shared.policy.strict_json import StrictReader
from shared.told_faults import told_faults

_DONE, _FAILED, _NOT_DONE = 0, 1, 2
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Timestamp)


class CommandError(Exception):
    """The command cannot be carried out; the message says what to do."""


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m shared.policy",
        description="Explains decisions, and tests policies. Nothing is written or sent.",
        epilog="Exit status 0: done, and every case passed; 1: a case failed, or the policy has faults; "
        "2: it could not be done. docs/policy.md says more.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    told = commands.add_parser("explain", help="say what would be decided on a request, and why")
    told.add_argument("request", type=Path, help="the change request, a JSON file")
    told.add_argument("--tenant", type=Path, required=True, help="the user among others, as in docs/tenant-file.md")
    told.add_argument("--policy", type=Path, default=Path("policy.json"), help="default: policy.json")
    told.add_argument("--now", help="when it is decided, RFC 3339; default: now")
    told.add_argument("--history", type=Path, help="what was changed before, as in a case's history, a JSON file")
    told.add_argument("--json", action="store_true", help="for programs")
    told.set_defaults(run=_explain)
    for name, run, text in (
        ("test", _test, "decide the policy's own cases"),
        ("check", _check, "list a policy's faults, or print its version"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("policy", type=Path, nargs="?", default=Path("policy.json"), help="default: policy.json")
        command.set_defaults(run=run)
    table = commands.add_parser("table", help="print the tables of docs/policy.md, made from the code")
    table.add_argument("--write", type=Path, metavar="FILE", help="put them between the markers of this document")
    table.set_defaults(run=_table)
    return parser.parse_args(words)


def _explain(arguments: argparse.Namespace) -> int:
    loaded, now = load_policy(arguments.policy), _now(arguments.now)
    request = _request(arguments.request)
    found = find_user(_json(arguments.tenant), request.user, f"The tenant file {arguments.tenant}")
    state = found if isinstance(found, UserState) else None
    facts = facts_of(loaded.rules, request, now, state, _history(arguments.history))
    explanation = explain(facts, loaded.version, absence_of(found, loaded.rules))
    _say(json.dumps(explanation_json(explanation), indent=2) if arguments.json else explanation_text(explanation))
    return _DONE


def _test(arguments: argparse.Namespace) -> int:
    results = run_cases(load_policy(arguments.policy).rules)
    for result in results:
        _say(line_of(result))
    failed = sum(not result.passed for result in results)
    _say(f"{len(results)} case{'s' * (len(results) != 1)}, {len(results) - failed} passed, {failed} failed")
    return _FAILED if failed else _DONE


def _check(arguments: argparse.Namespace) -> int:
    try:
        loaded = load_policy(arguments.policy)
    except PolicyError as fault:
        if not arguments.policy.is_file():
            raise
        _say(str(fault))
        return _FAILED
    _say(f"{arguments.policy} is a policy; its version is {loaded.version}")
    return _DONE


def _table(arguments: argparse.Namespace) -> int:
    if arguments.write is None:
        _say("\n\n".join(tables().values()))
        return _DONE
    try:
        document = with_tables(_text(arguments.write), tables())
    except ValueError as fault:
        raise CommandError(fault) from None
    arguments.write.write_text(document, encoding="utf-8")
    return _DONE


def _request(path: Path) -> ChangeRequest:
    body = _text(path).encode()
    message = ReceivedMessage(body, message_id="", session_id="", sequence_number=1, enqueued_at=datetime.now(UTC))
    request = decode(message)
    if isinstance(request, Unreadable):
        text = f"The request {path} cannot be read: {request.code}: {request.detail}"
        raise CommandError(text)
    return request


def _now(text: str | None) -> datetime:
    try:
        return _MOMENT.validate_python(text) if text else datetime.now(UTC)
    except ValidationError:
        message = f"--now {text} is no RFC 3339 date and time with an offset, such as 2026-11-23T09:30:00Z."
        raise CommandError(message) from None


def _history(path: Path | None) -> CaseHistory | None:
    if path is None:
        return None
    try:
        return CaseHistory.model_validate(_json(path))
    except ValidationError as fault:
        message = f"The history {path} cannot be used: {'; '.join(told_faults(fault, 'history'))}"
        raise CommandError(message) from None


def _json(path: Path) -> JsonValue:
    reader = StrictReader()
    try:
        value: JsonValue = reader.read(_text(path))
    except (ValueError, RecursionError) as fault:
        message = f"{path} is not JSON: {fault}."
        raise CommandError(message) from None
    if reader.faults:
        message = f"{path} can be read in two ways: {'; '.join(reader.faults)}."
        raise CommandError(message)
    return value


def _text(path: Path) -> str:
    """Reads UTF-8, and the UTF-16 that PowerShell writes."""
    try:
        content = path.read_bytes()
        return content.decode("utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except OSError as fault:
        message = f"{path} cannot be read: {fault.strerror}."
        raise CommandError(message) from None
    except UnicodeError:
        message = f"{path} is not text in UTF-8 or UTF-16."
        raise CommandError(message) from None


def _say(text: str) -> None:
    print(text)  # noqa: T201 - a command's answer


def main(words: list[str] | None = None) -> int:
    """Runs the command; gives its exit status."""
    arguments = _arguments(words)
    try:
        status = int(arguments.run(arguments))
        sys.stdout.flush()
    except (CommandError, ExampleError, PolicyError) as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - a command's answer
        return _NOT_DONE
    except OverflowError:
        print("A moment lies outside the years 1 to 9999.", file=sys.stderr)  # noqa: T201 - a command's answer
        return _NOT_DONE
    except OSError as fault:
        # The disk is full, or whoever read the output has gone: Python's last flush would fail as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(fault, BrokenPipeError):
            print(f"The answer cannot be written: {fault.strerror}.", file=sys.stderr)  # noqa: T201 - as above
        return _NOT_DONE
    return status
