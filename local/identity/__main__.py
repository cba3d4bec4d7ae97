"""The command line of the identity endpoint."""

import argparse
import os
import sys
from pathlib import Path

from local.identity.key_file import DEFAULT_KEY_FILE, shared_key
from local.identity.server import DEFAULT_HEADER, NAME, running_identity
from local.identity.tokens import DAY_IN_SECONDS, DEFAULT_ROLES
from local.options import add_log_level, add_port
from local.serving import announce, run, until_stopped

DEFAULT_PORT = 8081


def parser() -> argparse.ArgumentParser:
    """Describes the options."""
    options = argparse.ArgumentParser("python -m local.identity", description="The App Service identity endpoint.")
    add_port(options, DEFAULT_PORT)
    options.add_argument(
        "--header",
        default=os.environ.get("IDENTITY_HEADER", DEFAULT_HEADER),
        help="the secret that X-IDENTITY-HEADER must carry (default $IDENTITY_HEADER, else %(default)s)",
    )
    options.add_argument(
        "--key-file",
        type=Path,
        default=DEFAULT_KEY_FILE,
        help="the signing key shared with local.graph, made when absent (default %(default)s)",
    )
    options.add_argument(
        "--roles",
        type=_names,
        default=DEFAULT_ROLES,
        metavar="A,B",
        help=f"Graph application permissions in the token (default {','.join(DEFAULT_ROLES)})",
    )
    options.add_argument(
        "--expires-in",
        type=int,
        default=DAY_IN_SECONDS,
        metavar="SECONDS",
        help="how long a token is good (default %(default)s)",
    )
    add_log_level(options)
    return options


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


async def serve(options: argparse.Namespace) -> None:
    """Serves until a signal comes."""
    key = shared_key(options.key_file)
    async with running_identity(
        key=key, header=options.header, roles=options.roles, expires_in=options.expires_in, port=options.port
    ) as identity:
        announce(NAME, identity.url)
        await until_stopped()


def main() -> int:
    """Runs the program."""
    options = parser().parse_args()
    return run(lambda: serve(options), log_level=options.log_level)


if __name__ == "__main__":
    sys.exit(main())
