"""Runs the identity endpoint inside the event loop of whoever needs it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from local.asgi import HOST, serving
from local.clock import Clock, SystemClock
from local.identity.endpoint import PATH, application
from local.identity.key_file import new_key
from local.identity.tokens import DAY_IN_SECONDS, DEFAULT_ROLES, TokenIssuer

NAME = "Managed identity"
DEFAULT_HEADER = "local-identity"


@dataclass(frozen=True)
class Identity:
    """A running identity endpoint."""

    url: str
    header: str
    issuer: TokenIssuer

    @property
    def key(self) -> bytes:
        """The key that verifies its tokens."""
        return self.issuer.key

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which azure-identity finds the endpoint."""
        return {"IDENTITY_ENDPOINT": self.url, "IDENTITY_HEADER": self.header}


@asynccontextmanager
async def running_identity(  # noqa: PLR0913 - one keyword per command-line option
    *,
    key: bytes | None = None,
    header: str = DEFAULT_HEADER,
    roles: Sequence[str] = DEFAULT_ROLES,
    expires_in: int = DAY_IN_SECONDS,
    port: int = 0,
    clock: Clock | None = None,
) -> AsyncIterator[Identity]:
    """Runs the endpoint until the block ends. Without a key it makes a random one."""
    issuer = TokenIssuer(key or new_key(), tuple(roles), expires_in, clock or SystemClock())
    async with serving(NAME, application(issuer, header), port) as bound:
        yield Identity(f"http://{HOST}:{bound}{PATH}", header, issuer)
