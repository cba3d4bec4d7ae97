"""Runs Service Bus on this machine: `python -m local.servicebus --config Config.json`."""

import argparse
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from local.identity.key_file import DEFAULT_KEY_FILE, shared_key
from local.monitor import server as monitor
from local.options import add_log_level, add_port, port_number
from local.servicebus.config import DEFAULT_CONFIG
from local.servicebus.server import running_broker
from local.serving import announce, run, until_stopped

AMQP_PORT = 5672


def main() -> int:
    """Runs the broker from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m local.servicebus",
        description="Runs Service Bus on this machine, in memory, for the unmodified azure-servicebus SDK.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Clients connect with\nEndpoint=sb://127.0.0.1:5672;SharedAccessKeyName=any;SharedAccessKey=YW55;"
        "UseDevelopmentEmulator=true",
    )
    parser.add_argument(
        "--config",
        type=Path,
        default=DEFAULT_CONFIG,
        metavar="FILE",
        help="queues and topics, as the deployment has them, or Microsoft's emulator in Config.json (%(default)s)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    add_port(parser, AMQP_PORT)
    add_monitor(parser)
    add_log_level(parser)
    told = parser.parse_args()

    return run(lambda: _serve(told), log_level=told.log_level)


def add_monitor(parser: argparse.ArgumentParser) -> None:
    """Adds what Azure Monitor needs, which counts what goes through this broker."""
    parser.add_argument(
        "--monitor-port",
        type=port_number,
        metavar="PORT",
        help="counts messages for Azure Monitor's metrics API on this port, 0 takes a free one (default: it does not)",
    )
    parser.add_argument(
        "--key-file",
        type=Path,
        default=DEFAULT_KEY_FILE,
        help="the key that local.identity signs tokens for Azure Monitor with (default %(default)s)",
    )


async def _serve(told: argparse.Namespace) -> None:
    async with AsyncExitStack() as running:
        broker = await running.enter_async_context(running_broker(told.config, told.port, host=told.host))
        if told.monitor_port is not None:
            key = shared_key(told.key_file)
            url = await running.enter_async_context(monitor.running_monitor(broker.namespace, key, told.monitor_port))
            announce(monitor.NAME, url)
        announce("Service Bus", f"amqp://{broker.address}")
        await until_stopped()


if __name__ == "__main__":
    sys.exit(main())
