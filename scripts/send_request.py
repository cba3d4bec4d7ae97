"""Sends one change request as a producer does: `python -m scripts.send_request request.json --namespace HOST`.

The request is checked by the contract first (docs/contracts.md); one without `requestedAt` is asked for now. Who sends
needs *Azure Service Bus Data Sender* on the queue; who that is comes from the Azure CLI's sign-in, or whatever else
DefaultAzureCredential finds. Without --namespace the app settings `ServiceBusConnection__fullyQualifiedNamespace` or,
on this machine, `ServiceBusConnection` are taken from the environment.

Exit status 0: sent; 1: the request does not fit its contract; 2: it could not be sent.
"""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from azure.core.exceptions import AzureError
from azure.identity import DefaultAzureCredential
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.servicebus.exceptions import ServiceBusError
from pydantic import ValidationError

from shared.messages.change_request import ChangeRequest
from shared.messages.received import TRACEPARENT
from shared.told_faults import told_faults

EXIT_FAULTY: Final = 1
EXIT_NOT_SENT: Final = 2
_NAMESPACE: Final = "ServiceBusConnection__fullyQualifiedNamespace"
_CONNECTION: Final = "ServiceBusConnection"


class _NotSentError(Exception):
    """It could not be sent; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Sends it, and says by which ids it can be found again."""
    told = _parser().parse_args(arguments)
    try:
        fields = _fields(told.request, dry_run=told.dry_run)
        request = ChangeRequest.model_validate(fields)
        traceparent = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
        _send(_message(request, fields, traceparent), told.namespace, told.queue)
    except ValidationError as fault:
        _say("The request does not fit its contract:", *told_faults(fault, "request"))
        return EXIT_FAULTY
    except (_NotSentError, ServiceBusError, AzureError, OSError, ValueError) as fault:
        _say(f"It was not sent: {fault}")
        return EXIT_NOT_SENT
    kind = "dry run: everything but the write" if request.dry_run else "this one writes"
    print(f"Sent {request.request_id} ({kind}). Trace (OperationId): {traceparent.split('-')[1]}")  # noqa: T201 - for the person at the terminal
    return 0


def _fields(path: Path, *, dry_run: bool) -> dict[str, Any]:
    fields = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(fields, dict):
        message = f"{path} holds no JSON object."
        raise _NotSentError(message)
    asked = {"requestedAt": datetime.now(UTC).isoformat(timespec="seconds"), **fields}
    return asked | {"dryRun": True} if dry_run else asked


def _message(request: ChangeRequest, fields: dict[str, Any], traceparent: str) -> ServiceBusMessage:
    return ServiceBusMessage(
        json.dumps(fields, ensure_ascii=False),
        message_id=request.request_id,
        session_id=request.user.session_id,
        content_type="application/json",
        application_properties={TRACEPARENT: traceparent},
    )


def _send(message: ServiceBusMessage, namespace: str | None, queue: str) -> None:
    with ExitStack() as opened:
        client = opened.enter_context(_client(namespace, opened))
        opened.enter_context(client.get_queue_sender(queue)).send_messages(message)


def _client(namespace: str | None, opened: ExitStack) -> ServiceBusClient:
    host, text = namespace or os.environ.get(_NAMESPACE), os.environ.get(_CONNECTION)
    if host:
        return ServiceBusClient(host, opened.enter_context(DefaultAzureCredential()), retry_total=1)
    if text:
        return ServiceBusClient.from_connection_string(text, retry_total=1)
    message = f"say where to with --namespace, or set {_NAMESPACE}."
    raise _NotSentError(message)


def _say(*lines: str) -> None:
    print("\n  ".join(lines), file=sys.stderr)  # noqa: T201 - as above


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.send_request",
        description="Checks a change request by the contract, and puts it on the queue.",
    )
    parser.add_argument(
        "request", type=Path, metavar="FILE", help="the request as JSON; docs/contracts.md has the fields"
    )
    parser.add_argument("--namespace", metavar="HOST", help="such as contoso.servicebus.windows.net")
    parser.add_argument("--queue", default="phone-changes", help="default: %(default)s")
    parser.add_argument("--dry-run", action="store_true", help="everything but the write; the outcome is `planned`")
    return parser


if __name__ == "__main__":
    sys.exit(main())
