"""What Key Vault's faults mean, in the product's own words, and how long a call of it may take."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from json import JSONDecodeError
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.pipeline import PipelineResponse

from shared.backoff import VAULT_CALL
from shared.clock import SystemClock
from shared.errors import MfaPhoneError, VaultRefusedError, VaultUnavailableError
from shared.retry_after import retry_after_seconds

# Token, challenge, key and operation together; single tries are bounded by the client.
LONGEST_SECONDS = VAULT_CALL
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
# 403 is the vault's answer also to a disabled or expired key, and to a network that it does not know.
_REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_CODE = re.compile(r"[A-Za-z]{1,64}")


def look_at(response: PipelineResponse[Any, Any]) -> None:
    """Raises VaultUnavailableError for a Retry-After, which the SDK would sleep through; its hook at every try."""
    answer = response.http_response
    wait = retry_after_seconds(answer.headers.get("Retry-After"), SystemClock().now())
    if answer.status_code in _BUSY and wait is not None:
        message = "The key vault asks for fewer requests."
        raise VaultUnavailableError(message, retry_after=wait)


@asynccontextmanager
async def vault_faults() -> AsyncIterator[None]:
    """Turns the SDK's exceptions into VaultUnavailableError and VaultRefusedError, and ends what takes too long."""
    problem: MfaPhoneError
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            yield
    except HttpResponseError as fault:
        problem = _problem(fault)
    except (AzureError, OSError, JSONDecodeError) as fault:
        problem = VaultUnavailableError(f"The key vault does not answer as it should ({type(fault).__name__}).")
    except ValueError as fault:
        # The SDK's word for a challenge that asks for a token for another domain.
        problem = _refused(type(fault).__name__, 0, type(fault).__name__)
    else:
        return
    raise problem from None


def _problem(fault: HttpResponseError) -> MfaPhoneError:
    status, code = fault.status_code or 0, _code(fault)
    told = f"HTTP {status} {code}".strip() if status else type(fault).__name__
    if status in _REFUSALS and code:
        return _refused(told, status, code)
    return VaultUnavailableError(f"The key vault does not answer as it should ({told}).")


def _refused(told: str, status: int, code: str) -> VaultRefusedError:
    message = f"The key vault does not let the app use the key to the previous numbers ({told})."
    return VaultRefusedError(message, status=status, code=code)


def _code(fault: HttpResponseError) -> str:
    """Gives the vault's own error code; "" where a gateway answered in its place."""
    code = getattr(fault.error, "code", None)
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""
