"""Runs Service Bus on this machine: `python -m local.servicebus --config Config.json`."""

import argparse
import sys
from pathlib import Path

from local.options import add_log_level, add_port
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
    add_log_level(parser)
    told = parser.parse_args()

    async def serve() -> None:
        async with running_broker(told.config, told.port, host=told.host) as broker:
            announce("Service Bus", f"amqp://{broker.address}")
            await until_stopped()

    return run(serve, log_level=told.log_level)


if __name__ == "__main__":
    sys.exit(main())
