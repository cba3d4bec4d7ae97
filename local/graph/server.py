"""Runs the twin inside the event loop of whoever needs it."""

from collections import deque
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.asgi import HOST, serving
from local.clock import Clock
from local.graph.door import VERSION, application
from local.graph.mailbox import Mailbox, SentMail
from local.graph.request_log import RequestRecord
from local.graph.state import TwinState, fresh_state
from local.graph.tenant.model import Tenant
from local.graph.tenant.reading import TenantFile, read_tenant, read_tenant_file
from local.graph.twin import Twin
from local.identity.key_file import new_key
from local.identity.tokens import DEFAULT_ROLES, TokenIssuer

NAME = "Microsoft Graph"
RESOURCE = "https://graph.microsoft.com"

TenantSource = TenantFile | Path | str | dict[str, Any] | list[Any]


class ContractBrokenError(AssertionError):
    """A strict twin gave an answer that the contract does not allow; the message lists every one."""


@dataclass(frozen=True)
class Graph:
    """A running twin."""

    address: str
    twin: Twin
    key: bytes

    @property
    def url(self) -> str:
        """The base address for a client, as https://graph.microsoft.com/v1.0 is."""
        return f"{self.address}{VERSION}"

    @property
    def state(self) -> TwinState:
        """Everything that can be looked at and changed while it runs."""
        return self.twin.state

    @property
    def tenant(self) -> Tenant:
        """The tenant as it is now."""
        return self.state.tenant

    @property
    def requests(self) -> deque[RequestRecord]:
        """What was asked, oldest first, as far as it is kept."""
        return self.state.requests

    @property
    def mails(self) -> list[SentMail]:
        """What was sent, oldest first."""
        return self.state.mailbox.mails

    def token(self, *roles: str, expires_in: int = 3600, resource: str = RESOURCE) -> str:
        """Makes a token that the twin takes, with the product's permissions where none are named."""
        return TokenIssuer(self.key, roles or DEFAULT_ROLES, expires_in, self.state.clock).issue(resource).value


def read_source(source: TenantSource) -> TenantFile:
    """Reads a tenant from a file, or from JSON that is already in memory."""
    if isinstance(source, TenantFile):
        return source
    if isinstance(source, (str, Path)):
        return read_tenant_file(Path(source))
    return read_tenant(source)


@asynccontextmanager
async def running_graph(  # noqa: PLR0913 - one keyword per command-line option
    tenant: TenantSource,
    *,
    key: bytes | None = None,
    port: int = 0,
    mail_dir: Path | None = None,
    mail_senders: Collection[str] = (),
    clock: Clock | None = None,
    strict: bool = True,
    state_file: Path | None = None,
) -> AsyncIterator[Graph]:
    """Runs the twin until the block ends. Without a key it makes a random one.

    Raises `ContractBrokenError` at the end where a strict twin said something that it may not say.
    """
    senders = frozenset(mail_senders)
    mailbox = Mailbox(mail_dir)
    state = fresh_state(read_source(tenant), mailbox=mailbox, mail_senders=senders, clock=clock, path=state_file)
    known_key = key or new_key()
    twin = Twin(state, known_key, strict=strict)
    with closing(state.journal):
        async with serving(NAME, application(twin), port) as bound:
            yield Graph(f"http://{HOST}:{bound}", twin, known_key)
    if twin.broken:
        raise ContractBrokenError("; ".join(twin.broken))
