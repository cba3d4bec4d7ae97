"""Runs a function app: `python -m local.host [--app DIR] [--settings FILE] [--telemetry DIR] [--otlp URL]`."""

import argparse
import asyncio
import logging
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from local.host.app_settings import DEFAULT_FILE
from local.host.host import RunningHost, running_host
from local.options import add_log_level, http_url
from local.serving import CannotStartError, run, until_stopped
from local.telemetry.destination import Destination, received

# The SDK and the worker log every frame and every call at INFO, and log once more what they raise: the host says it.
_QUIET_LOGGERS = {
    "azure": logging.WARNING,
    "azure.servicebus": logging.CRITICAL,
    "azure.functions": logging.CRITICAL,
}


def main() -> None:
    """Runs the host as a program."""
    options = _parser().parse_args()
    if options.log_level != "DEBUG":
        _quieten()
    hosts: list[RunningHost] = []
    destination = Destination(options.telemetry, options.otlp)
    status = run(lambda: _serve(options.app, options.settings, destination, hosts), log_level=options.log_level)
    if any(not host.worker.ended for host in hosts):
        # A function that never yields is still there, and Python would wait for its thread.
        logging.shutdown()
        sys.stdout.flush()
        os._exit(status)
    sys.exit(status)


def _quieten() -> None:
    for name, level in _QUIET_LOGGERS.items():
        logging.getLogger(name).setLevel(level)
    # azure.functions says this of every app without HTTP functions.
    logging.getLogger().addFilter(lambda record: not str(record.msg).startswith("Auth level is not applied"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.host",
        description="Runs an Azure Functions app on this machine with Azure's own Python worker: "
        "Service Bus and timer triggers, Service Bus outputs.",
    )
    parser.add_argument(
        "--app", type=Path, default=Path(), metavar="DIR", help="where host.json is (default: the current directory)"
    )
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help=f"whose Values are settings unless the environment has them (default: {DEFAULT_FILE} of the app, if any)",
    )
    parser.add_argument(
        "--telemetry",
        type=Path,
        metavar="DIR",
        help="append spans, metrics and logs to files there (docs/telemetry.md)",
    )
    parser.add_argument(
        "--otlp",
        type=http_url,
        default="",
        metavar="URL",
        help="send them to an OTLP/HTTP collector, such as http://localhost:4318",
    )
    add_log_level(parser)
    parser.set_defaults(log_level="INFO")
    return parser


async def _serve(app: Path, settings: Path | None, destination: Destination, hosts: list[RunningHost]) -> None:
    default = app / DEFAULT_FILE
    settings = settings or (default if default.exists() else None)
    stopped = asyncio.create_task(until_stopped())
    async with AsyncExitStack() as stack:
        stack.enter_context(received(destination))
        starting = asyncio.create_task(stack.enter_async_context(running_host(app, settings)))
        await asyncio.wait((starting, stopped), return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.wait((starting,))
            return
        host = await starting
        hosts.append(host)
        names = ", ".join(host.function_names)
        print(f"Functions host runs {len(host.function_names)} functions: {names}", flush=True)  # noqa: T201 - ready line
        await asyncio.wait((stopped, *host.listening), return_when=asyncio.FIRST_COMPLETED)
        _raise_what_ended(host)


def _raise_what_ended(host: RunningHost) -> None:
    """Raises the exception of a listener that ended before the signal: a bug, which must not go unnoticed."""
    for task in host.listening:
        if task.done() and (fault := task.exception()):
            message = f"A listener of the host failed: {fault!r}"
            raise CannotStartError(message) from fault


if __name__ == "__main__":
    main()
