"""All of this machine's Azure at once: identity, Graph, Service Bus, storage, and the Functions host on top.

`python -m local.stack --tenant tenant.json` runs it until it is stopped.
"""

import argparse
import asyncio
import base64
import re
import secrets
import sys
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.azurite import azurite_program, connection_string
from local.children import Child, Program, ProgramEndedError
from local.identity.product_roles import PRODUCT_ROLES
from local.monitor.server import RESOURCE_ID
from local.options import add_log_level
from local.servicebus.config import DEFAULT_CONFIG
from local.serving import CannotStartError, announce, run, until_stopped
from local.stack_settings import bus_connection, write_down
from local.telemetry.destination import Destination

ROOT = Path(__file__).parent.parent
DEFAULT_SENDER = "mfa-notifications@contoso.example"
DEFAULT_POLICY = ROOT / "policy.json"
SETTINGS = "settings.sh"
SERVICEBUS_CONFIG = DEFAULT_CONFIG
_LISTENS = re.compile(r"listens on (?P<url>\S+)")
_BUS_LISTENS = re.compile(r"Azure Monitor listens on (?P<monitor>\S+)\nService Bus listens on (?P<url>\S+)")
# How long a process may take to be gone after its connections are.
_END_SECONDS = 1.0
_HOST_RUNS = re.compile(r"^Functions host runs (?P<url>.+)$", re.MULTILINE)


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
    # Keeps what Graph and storage know in the folder, so that they may be killed and started again.
    durable: bool = False
    # Where the app's spans, metrics and logs go.
    telemetry: Destination = field(default_factory=Destination)


@dataclass(frozen=True, slots=True)
class Stack:
    """Where everything is."""

    graph_url: str
    service_bus: str
    storage: str
    settings: Mapping[str, str]
    logs: Path
    mail: Path
    children: Sequence[Child]

    def child(self, name: str) -> Child:
        """Gives a program by its name: identity, graph, servicebus, azurite, host."""
        return next(child for child in self.children if child.program.name == name)

    async def during[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Does a piece of work while all programs run. Raises ProgramEndedError as soon as one of them does not."""
        working = asyncio.create_task(work)
        watching = [asyncio.create_task(child.ended()) for child in self.children]
        try:
            await asyncio.wait((working, *watching), return_when=asyncio.FIRST_COMPLETED)
            if working.done() and working.exception():
                # It may have failed because a program has just ended, and that is what a person should hear of.
                await asyncio.wait(watching, timeout=_END_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            for watch in watching:
                if watch.done():
                    watch.result()
            return await working
        finally:
            for task in (working, *watching):
                task.cancel()
            await asyncio.gather(working, *watching, return_exceptions=True)


@asynccontextmanager
async def running_stack(options: StackOptions) -> AsyncIterator[Stack]:
    """Runs the stack for the length of a block; whatever happens, nothing is left running.

    Raises CannotStartError with the words of the program that could not start.
    """
    logs, mail, key = options.folder / "logs", options.folder / "mail", options.folder / "keys" / "identity.key"
    try:
        for folder in (logs, mail, key.parent):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        message = f"The stack cannot write into {options.folder}: {fault.strerror or fault}."
        raise CannotStartError(message) from fault
    header = secrets.token_urlsafe(16)
    children: list[Child] = []
    async with AsyncExitStack() as running:
        # It makes the key that Graph checks tokens with, and so comes first.
        (identity,) = await _start(running, children, logs, [_identity(header, key)])
        graph, bus, storage = await _start(
            running, children, logs, [_graph(options, key, mail), _service_bus(options, key), _storage(options)]
        )
        settings = {
            "IDENTITY_ENDPOINT": identity["url"],
            "IDENTITY_HEADER": header,
            "GRAPH_ENDPOINT": graph["url"],
            "MONITOR_ENDPOINT": bus["monitor"],
            "SERVICE_BUS_RESOURCE_ID": RESOURCE_ID,
            "ServiceBusConnection": bus_connection(bus["url"]),
            "StateStorage": connection_string(storage),
            **app_settings(options),
        }
        write_down(settings, options.folder / SETTINGS)
        running.callback((options.folder / SETTINGS).unlink, missing_ok=True)
        connections = settings["ServiceBusConnection"], settings["StateStorage"]
        stack = Stack(graph["url"], *connections, settings, logs, mail, children)
        if options.with_host:
            await _start(running, children, logs, [_host(settings, options.telemetry)])
        yield stack


async def _start(
    running: AsyncExitStack, children: list[Child], logs: Path, programs: Sequence[Program]
) -> list[re.Match[str]]:
    """Starts programs side by side and gives what each said when it was ready, such as where it listens.

    Those that started are stopped with the stack.
    """

    async def start(program: Program) -> re.Match[str]:
        child, ready = await Child.start(program, logs)
        running.push_async_callback(child.stop)
        children.append(child)
        return ready

    answers = await asyncio.gather(*(start(program) for program in programs), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return [answer for answer in answers if isinstance(answer, re.Match)]


def _module(name: str, arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", f"local.{name}", *arguments]


def _identity(header: str, key: Path) -> Program:
    arguments = ["--port", "0", "--key-file", str(key), "--roles", ",".join(PRODUCT_ROLES)]
    return Program("identity", _module("identity", arguments), _LISTENS, {"IDENTITY_HEADER": header})


def _graph(options: StackOptions, key: Path, mail: Path) -> Program:
    arguments = ["--port", "0", "--key-file", str(key), "--tenant", str(options.tenant), "--mail-dir", str(mail)]
    state = ["--state", str(options.folder / "graph.jsonl")] if options.durable else []
    command = _module("graph", [*arguments, "--mail-sender", options.mail_sender, *state])
    return Program("graph", command, _LISTENS, {}, {"--port": "url"})


def _service_bus(options: StackOptions, key: Path) -> Program:
    arguments = ["--port", "0", "--config", str(options.servicebus_config)]
    command = _module("servicebus", [*arguments, "--monitor-port", "0", "--key-file", str(key)])
    return Program("servicebus", command, _BUS_LISTENS, {})


def _storage(options: StackOptions) -> Program:
    return azurite_program(options.folder / "storage" if options.durable else None)


def _host(settings: Mapping[str, str], telemetry: Destination) -> Program:
    arguments = ["--app", str(ROOT), "--log-level", "INFO", *telemetry.arguments]
    return Program("host", _module("host", arguments), _HOST_RUNS, settings)


def app_settings(options: StackOptions) -> dict[str, str]:
    """Gives the app settings that the function app demands, with a fresh key for the hashes of numbers."""
    return {
        "REQUEST_QUEUE": "phone-changes",
        "PARKED_QUEUE": "phone-changes-parked",
        "APPROVAL_QUEUE": "phone-approvals",
        "SWEEP_QUEUE": "sweep-pages",
        "EVENT_TOPIC": "phone-events",
        "NOTIFICATION_SUBSCRIPTION": "notifications",
        "OUTBOX_SCHEDULE": "0 * * * * *",
        "PURGE_SCHEDULE": "0 30 3 * * *",
        "EXCEPTION_SCHEDULE": "0 0 6 * * *",
        "SWEEP_SCHEDULE": "0 0 1 * * *",
        "SWEEP_RESUME_SCHEDULE": "0 */5 * * * *",
        "RECONCILE_SCHEDULE": "0 */15 * * * *",
        "POLICY_PATH": str(options.policy),
        "MAIL_SENDER": options.mail_sender,
        "NUMBER_HMAC_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "UNDO_KEY_FILE": str(options.folder / "keys" / "undo.key"),
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
    return run(lambda: _until_stopped(options), log_level=told.log_level)


async def _until_stopped(options: StackOptions) -> None:
    """Runs the stack until a signal comes, also while it is still starting."""
    stopping = asyncio.create_task(until_stopped())
    serving = asyncio.create_task(_serve(options))
    await asyncio.wait((stopping, serving), return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        serving.cancel()
        await asyncio.wait((serving,))
        return
    stopping.cancel()
    serving.result()


async def _serve(options: StackOptions) -> None:
    async with running_stack(options) as stack:
        announce("Microsoft Graph", stack.graph_url)
        announce("Service Bus", stack.service_bus)
        announce("Storage", stack.storage)
        print(f"Logs, mails and {SETTINGS} are in {options.folder}; Ctrl-C stops everything.", flush=True)  # noqa: T201 - for the person at the terminal
        try:
            await stack.during(asyncio.Event().wait())
        except ProgramEndedError as fault:
            message = f"{fault} Everything else was stopped."
            raise CannotStartError(message) from fault


if __name__ == "__main__":
    sys.exit(main())
