"""Every call of Graph goes through here: few at once, silent while throttled, faults in the product's own words."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NoReturn

import httpx
from azure.core.exceptions import AzureError
from kiota_abstractions.api_error import APIError
from msgraph.generated.models.o_data_errors.o_data_error import ODataError

from shared.errors import (
    DirectoryRefusedError,
    DirectoryThrottledError,
    DirectoryUnavailableError,
    TokenUnavailableError,
)
from shared.graph.retry_after import retry_after_seconds
from shared.ports import Clock

# An instance that was told to wait, but not for how long.
_DEFAULT_PAUSE = 5.0
# No answer may silence an instance for longer than this, however absurd its Retry-After.
_LONGEST_PAUSE = 900.0
_PERHAPS_DONE = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


class AnswerLostError(DirectoryUnavailableError):
    """The request went out, and no answer says whether it took effect."""


class NotFoundError(DirectoryRefusedError):
    """Graph knows no such object."""


@dataclass(slots=True)
class GraphCalls:
    """The instance's way to Graph, shared by all of its invocations."""

    clock: Clock
    concurrency: int
    _silent_until: float = 0.0
    _slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.concurrency)

    async def __call__[T](self, request: Callable[[], Awaitable[T]]) -> T:
        """Makes one call. Raises the classes of `shared.errors`, AnswerLostError and NotFoundError among them."""
        async with self._slots:
            self._stay_silent()
            try:
                return await request()
            except APIError as fault:
                self._explain(fault)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as fault:
                message = f"Microsoft Graph cannot be reached ({type(fault).__name__})."
                raise DirectoryUnavailableError(message) from fault
            except httpx.HTTPError as fault:
                message = f"Microsoft Graph gave no answer ({type(fault).__name__})."
                raise AnswerLostError(message) from fault
            except AzureError as fault:
                message = f"The managed identity gets no token ({type(fault).__name__})."
                raise TokenUnavailableError(message) from fault

    def _stay_silent(self) -> None:
        """Obeys Retry-After for the whole instance: Graph counts calls also while it throttles."""
        left = self._silent_until - self.clock.monotonic()
        if left > 0:
            message = "Microsoft Graph asked this instance to wait."
            raise DirectoryThrottledError(message, retry_after=left)

    def _explain(self, fault: APIError) -> NoReturn:
        status, code = fault.response_status_code or 0, error_code(fault)
        wait = retry_after_seconds(_header(fault, "retry-after"), self.clock.now())
        message = f"Microsoft Graph answered HTTP {status} {code}."
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self._pause(_DEFAULT_PAUSE if wait is None else wait)
            raise DirectoryThrottledError(message, retry_after=wait) from fault
        if status == HTTPStatus.NOT_FOUND:
            raise NotFoundError(message, status=status, code=code) from fault
        if wait is not None:
            self._pause(wait)
        if status in _PERHAPS_DONE:
            raise AnswerLostError(message, retry_after=wait) from fault
        if status == HTTPStatus.UNAUTHORIZED:  # the token ran out under way, or the service does not know it yet
            raise DirectoryUnavailableError(message, retry_after=wait) from fault
        raise DirectoryRefusedError(message, status=status, code=code) from fault

    def _pause(self, seconds: float) -> None:
        self._silent_until = max(self._silent_until, self.clock.monotonic() + min(seconds, _LONGEST_PAUSE))


def error_code(fault: APIError) -> str:
    """Gives Graph's error code; never its message, which may repeat what was sent."""
    if isinstance(fault, ODataError) and fault.error and fault.error.code:
        return str(fault.error.code)
    return ""


def _header(fault: APIError, name: str) -> str | None:
    headers = {key.lower(): value for key, value in dict(fault.response_headers or {}).items()}
    value = headers.get(name)
    return str(value) if value is not None else None
