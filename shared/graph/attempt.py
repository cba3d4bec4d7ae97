"""Knows whether a request has left: before that, nothing can have happened."""

from contextvars import ContextVar
from dataclasses import dataclass

import httpx


@dataclass(slots=True)
class Attempt:
    """One call, from the wait for its slot to its answer."""

    sent: bool = False


_CURRENT: ContextVar[Attempt] = ContextVar("graph_attempt")


def begin_attempt() -> Attempt:
    """Begins a call in the running task."""
    attempt = Attempt()
    _CURRENT.set(attempt)
    return attempt


async def note_sent(request: httpx.Request) -> None:
    """Notes that the token is there and the request goes out: httpx's hook for requests."""
    del request
    _CURRENT.get(Attempt()).sent = True
