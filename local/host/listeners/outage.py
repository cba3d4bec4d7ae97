"""A listener without Service Bus: it says so once, tries again and again, and says once that it is back."""

import logging
import time
from typing import Final

_log = logging.getLogger(__name__)

_SHORTEST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 10.0


class Outage:
    """What a listener knows of its connection. Several loops of one listener share it, and its two log lines."""

    def __init__(self, listener: str) -> None:
        self._listener = listener
        self._since: float | None = None

    def lost(self, fault: Exception) -> float:
        """Notes a failure, and says how many seconds to wait: as long again as the outage has lasted, within bounds."""
        if self._since is None:
            self._since = time.monotonic()
            _log.warning("Function %s lost Service Bus, tries again: %s", self._listener, in_short(fault))
        return min(max(time.monotonic() - self._since, _SHORTEST_PAUSE), _LONGEST_PAUSE)

    def over(self) -> None:
        """Notes that Service Bus answers."""
        if self._since is not None:
            _log.warning(
                "Function %s has Service Bus again after %.1f s", self._listener, time.monotonic() - self._since
            )
            self._since = None


def in_short(fault: Exception) -> str:
    """Says what went wrong without the SDK's condition and tracking id, which tell nothing to a person."""
    return (str(fault) or type(fault).__name__).splitlines()[0].partition(" Error condition:")[0].rstrip(". ")
