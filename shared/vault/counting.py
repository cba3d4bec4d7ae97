"""Counts the uses of the key to the previous numbers, by what became of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.errors import VaultRefusedError, VaultUnavailableError
from shared.telemetry.instruments import instruments
from shared.telemetry.names import RESULT


@asynccontextmanager
async def counted_calls() -> AsyncIterator[None]:
    """Counts one use of the key; what it raises goes on."""
    result = "done"
    try:
        yield
    except VaultRefusedError:
        result = "refused"
        raise
    except VaultUnavailableError:
        result = "unavailable"
        raise
    finally:
        instruments().vault.add(1, {RESULT: result})
