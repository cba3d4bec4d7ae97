"""The command line of the twin."""

import argparse
import gc
import sys
from pathlib import Path

from local.graph.server import NAME, running_graph
from local.graph.tenant.reading import TenantFile, read_tenant_file
from local.identity.key_file import DEFAULT_KEY_FILE, shared_key
from local.options import add_log_level, add_port
from local.serving import announce, run, until_stopped

DEFAULT_PORT = 8082
DEFAULT_MAIL_DIR = Path(".local/mail")


def parser() -> argparse.ArgumentParser:
    """Describes the options."""
    options = argparse.ArgumentParser("python -m local.graph", description="A local twin of Microsoft Graph.")
    options.add_argument(
        "--tenant",
        type=Path,
        required=True,
        metavar="FILE",
        help="the tenant; docs/tenant-file.md describes the format",
    )
    add_port(options, DEFAULT_PORT)
    options.add_argument(
        "--key-file",
        type=Path,
        default=DEFAULT_KEY_FILE,
        help="the signing key shared with local.identity, made when absent (default %(default)s)",
    )
    options.add_argument(
        "--mail-dir", type=Path, default=DEFAULT_MAIL_DIR, help="where mails are kept as .eml (default %(default)s)"
    )
    options.add_argument(
        "--mail-sender",
        nargs="+",
        action="extend",
        default=[],
        metavar="ADDRESS",
        help="mailboxes that may be sent from without Mail.Send, as Exchange RBAC for Applications allows",
    )
    options.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="keeps what is changed in the tenant across restarts, also across a kill (default: in memory only)",
    )
    options.add_argument("--strict", action="store_true", help="hold every answer against the OpenAPI contract")
    add_log_level(options)
    return options


def _read_for_good(path: Path) -> TenantFile:
    """Reads the tenant, and lets the collector of cycles alone with it: of a large one nothing is ever garbage."""
    gc.disable()
    file = read_tenant_file(path)
    gc.freeze()
    gc.enable()
    return file


async def serve(options: argparse.Namespace) -> None:
    """Serves until a signal comes."""
    file = _read_for_good(options.tenant)
    key = shared_key(options.key_file)
    async with running_graph(
        file,
        key=key,
        port=options.port,
        mail_dir=options.mail_dir,
        mail_senders=options.mail_sender,
        strict=options.strict,
        state_file=options.state,
    ) as graph:
        announce(NAME, graph.url)
        await until_stopped()


def main() -> int:
    """Runs the program."""
    options = parser().parse_args()
    return run(lambda: serve(options), log_level=options.log_level)


if __name__ == "__main__":
    sys.exit(main())
