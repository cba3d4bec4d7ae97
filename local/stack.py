"""All of this machine's Azure at once: identity, Graph, Service Bus, storage, and the Functions host on top.

`python -m local.stack --tenant tenant.json` runs it until it is stopped.
"""

import argparse
import asyncio
import base64
import re
import secrets
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from local.azurite import azurite_program, connection_string
from local.children import Child, Program
from local.options import add_log_level
from local.serving import announce, run, until_stopped

ROOT = Path(__file__).parent.parent
DEFAULT_SENDER = "mfa-notifications@contoso.example"
DEFAULT_POLICY = ROOT / "policy.json"
SERVICEBUS_CONFIG = ROOT / "local" / "servicebus" / "Config.json"
_LISTENS = re.compile(r"listens on (?P<url>\S+)")
_HOST_RUNS = re.compile(r"^Functions host runs (?P<url>.+)$")


@dataclass(frozen=True, slots=True)
class StackOptions:
    """What to run the stack with."""

    tenant: Path
    folder: Path
    policy: Path = DEFAULT_POLICY
    mail_sender: str = DEFAULT_SENDER
    servicebus_config: Path = SERVICEBUS_CONFIG
    # App settings beyond, or instead of, those that the stack gives the host.
    settings: Mapping[str, str] = field(default_factory=dict)
    with_host: bool = True


@dataclass(frozen=True, slots=True)
class Stack:
    """Where everything is."""

    graph_url: str
    service_bus: str
    storage: str
    settings: Mapping[str, str]
    logs: Path
    mail: Path


@asynccontextmanager
async def running_stack(options: StackOptions) -> AsyncIterator[Stack]:
    """Runs the stack for the length of a block; whatever happens, nothing is left running.

    Raises CannotStartError with the words of the program that could not start.
    """
    logs, mail, key = options.folder / "logs", options.folder / "mail", options.folder / "keys" / "identity.key"
    for folder in (logs, mail, key.parent):
        folder.mkdir(parents=True, exist_ok=True)
    header = secrets.token_urlsafe(16)
    async with AsyncExitStack() as running:
        # It makes the key that Graph checks tokens with, and so comes first.
        (identity,) = await _start(running, logs, [_identity(header, key)])
        graph, bus, tables = await _start(
            running, logs, [_graph(options, key, mail), _service_bus(options), azurite_program()]
        )
        settings = {
            "IDENTITY_ENDPOINT": identity,
            "IDENTITY_HEADER": header,
            "GRAPH_ENDPOINT": graph,
            "ServiceBusConnection": _bus_connection(bus),
            "StateStorage": connection_string(tables),
            **_app_settings(options),
        }
        stack = Stack(graph, settings["ServiceBusConnection"], settings["StateStorage"], settings, logs, mail)
        if options.with_host:
            await _start(running, logs, [_host(settings)])
        yield stack


async def _start(running: AsyncExitStack, logs: Path, programs: Sequence[Program]) -> list[str]:
    """Starts programs side by side and gives where each listens; those that started are stopped with the stack."""

    async def start(program: Program) -> str:
        child, ready = await Child.start(program, logs)
        running.push_async_callback(child.stop)
        return ready["url"]

    answers = await asyncio.gather(*(start(program) for program in programs), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return [answer for answer in answers if isinstance(answer, str)]


def _module(name: str, arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", f"local.{name}", *arguments]


def _identity(header: str, key: Path) -> Program:
    arguments = ["--port", "0", "--key-file", str(key)]
    return Program("identity", _module("identity", arguments), _LISTENS, {"IDENTITY_HEADER": header})


def _graph(options: StackOptions, key: Path, mail: Path) -> Program:
    arguments = ["--port", "0", "--key-file", str(key), "--tenant", str(options.tenant), "--mail-dir", str(mail)]
    return Program("graph", _module("graph", [*arguments, "--mail-sender", options.mail_sender]), _LISTENS, {})


def _service_bus(options: StackOptions) -> Program:
    arguments = ["--port", "0", "--config", str(options.servicebus_config)]
    return Program("servicebus", _module("servicebus", arguments), _LISTENS, {})


def _host(settings: Mapping[str, str]) -> Program:
    return Program("host", _module("host", ["--app", str(ROOT), "--log-level", "INFO"]), _HOST_RUNS, settings)


def _bus_connection(url: str) -> str:
    endpoint = url.replace("amqp://", "sb://")
    return f"Endpoint={endpoint};SharedAccessKeyName=local;SharedAccessKey=bG9jYWw=;UseDevelopmentEmulator=true"


def _app_settings(options: StackOptions) -> dict[str, str]:
    """Gives the app settings that the function app demands, with a fresh key for the hashes of numbers."""
    return {
        "REQUEST_QUEUE": "phone-changes",
        "PARKED_QUEUE": "phone-changes-parked",
        "EVENT_TOPIC": "phone-events",
        "NOTIFICATION_SUBSCRIPTION": "notifications",
        "OUTBOX_SCHEDULE": "0 * * * * *",
        "PURGE_SCHEDULE": "0 30 3 * * *",
        "POLICY_PATH": str(options.policy),
        "MAIL_SENDER": options.mail_sender,
        "NUMBER_HMAC_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "OTEL_SERVICE_NAME": "mfa-phone-change",
        **options.settings,
    }


def main() -> int:
    """Runs the stack from the command line."""
    parser = argparse.ArgumentParser(prog="python -m local.stack", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tenant", type=Path, required=True, metavar="FILE", help="docs/tenant-file.md has the format")
    parser.add_argument("--policy", type=Path, default=DEFAULT_POLICY, metavar="FILE", help="default: %(default)s")
    parser.add_argument("--folder", type=Path, default=ROOT / ".local" / "stack", help="logs and mails go here")
    add_log_level(parser)
    told = parser.parse_args()
    options = StackOptions(told.tenant.resolve(), told.folder.resolve(), told.policy.resolve())

    async def serve() -> None:
        async with running_stack(options) as stack:
            announce("Microsoft Graph", stack.graph_url)
            announce("Service Bus", stack.service_bus)
            announce("Table storage", stack.storage)
            print(f"Logs and mails are in {options.folder}; Ctrl-C stops everything.", flush=True)  # noqa: T201 - for the person at the terminal
            await until_stopped()

    return run(serve, log_level=told.log_level)


if __name__ == "__main__":
    sys.exit(main())
