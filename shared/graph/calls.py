"""Every call of Graph goes through here: few at once, in time, silent while throttled, faults in our own words."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from kiota_abstractions.api_error import APIError

from shared.backoff import LONGEST_OBEYED
from shared.errors import DirectoryThrottledError, DirectoryUnavailableError, MfaPhoneError
from shared.graph.attempt import Attempt, begin_attempt
from shared.graph.faults import AnswerLostError, answer_fault, asked_wait, call_fault
from shared.ports import Clock

# An instance that was told to wait, but not for how long.
DEFAULT_PAUSE = 5.0
# No answer may silence an instance for longer than this, however absurd its Retry-After.
_LONGEST_PAUSE = LONGEST_OBEYED


@dataclass(slots=True)
class GraphCalls:
    """The instance's way to one of Graph's workloads, shared by all of its invocations.

    Limits and silence are a workload's own: https://learn.microsoft.com/graph/throttling-limits. `timeout` is the
    number of seconds for a whole call, the wait for a slot and the token among them.
    """

    clock: Clock
    concurrency: int
    timeout: float
    _silent_until: float = 0.0
    _slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.concurrency)

    async def __call__[T](self, request: Callable[[], Awaitable[T]]) -> T:
        """Makes one call. Raises the classes of `shared.errors`, AnswerLostError and NotFoundError among them."""
        attempt = begin_attempt()
        try:
            async with asyncio.timeout(self.timeout), self._slots:
                self._stay_silent()
                return await self._made(request, attempt)
        except TimeoutError:
            fault = self._late(attempt)
        raise fault

    async def _made[T](self, request: Callable[[], Awaitable[T]], attempt: Attempt) -> T:
        """Makes the call; raises outside of the handlers, so that Graph's text hangs on no exception of ours."""
        problem: MfaPhoneError
        try:
            return await request()
        except MfaPhoneError:
            raise
        except APIError as fault:
            wait = asked_wait(fault, self.clock.now())
            problem = answer_fault(fault, wait)
            self._pause(DEFAULT_PAUSE if wait is None and isinstance(problem, DirectoryThrottledError) else wait)
        except Exception as fault:  # noqa: BLE001 - the SDK's reading of an answer raises whatever it stumbles over
            problem = call_fault(fault, sent=attempt.sent)
        raise problem

    def _stay_silent(self) -> None:
        """Obeys Retry-After for the whole instance: Graph counts calls also while it throttles."""
        left = self._silent_until - self.clock.monotonic()
        if left > 0:
            message = "Microsoft Graph asked this instance to wait."
            raise DirectoryThrottledError(message, retry_after=left)

    def _pause(self, seconds: float | None) -> None:
        if seconds is not None:
            self._silent_until = max(self._silent_until, self.clock.monotonic() + min(seconds, _LONGEST_PAUSE))

    def _late(self, attempt: Attempt) -> DirectoryUnavailableError:
        if attempt.sent:
            return AnswerLostError(f"Microsoft Graph did not answer within {self.timeout:g} s.")
        return DirectoryUnavailableError(f"Within {self.timeout:g} s a call of Microsoft Graph could not be sent.")
