"""Signs of life in both directions; part 2, section 2.4.5."""

import asyncio
from collections.abc import Callable

# The real service announces four minutes. It is twice as patient as it says, which the specification recommends.
IDLE_TIMEOUT_SECONDS = 240.0
_PATIENCE = 2
_SIGNS_PER_TIMEOUT = 2
# A peer that asks for a sign every millisecond gets no flood of them.
_SHORTEST_INTERVAL_SECONDS = 0.05


class KeepAlive:
    """Sends empty frames to a peer that asks for them, and gives up a peer that has gone silent.

    It goes by the event loop's time: silence is about sockets, not about messages, whose time tests move.
    """

    def __init__(self, send_sign: Callable[[], None], on_silence: Callable[[], None], idle_timeout: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._send_sign = send_sign
        self._on_silence = on_silence
        self._patience = idle_timeout * _PATIENCE
        self._last_heard = self._loop.time()
        self._watch = self._loop.call_later(self._patience, self._check)
        self._sign: asyncio.TimerHandle | None = None

    def heard(self) -> None:
        """Hears something from the peer."""
        self._last_heard = self._loop.time()

    def promise(self, peer_timeout_milliseconds: int | None) -> None:
        """Sends signs as often as the peer needs them."""
        if peer_timeout_milliseconds:
            interval = peer_timeout_milliseconds / 1000 / _SIGNS_PER_TIMEOUT
            self._repeat(max(interval, _SHORTEST_INTERVAL_SECONDS))

    def stop(self) -> None:
        """Ends it."""
        self._watch.cancel()
        if self._sign is not None:
            self._sign.cancel()

    def _repeat(self, interval: float) -> None:
        def sign() -> None:
            self._send_sign()
            self._repeat(interval)

        self._sign = self._loop.call_later(interval, sign)

    def _check(self) -> None:
        quiet = self._loop.time() - self._last_heard
        if quiet >= self._patience:
            self._on_silence()
        else:
            self._watch = self._loop.call_later(self._patience - quiet, self._check)
