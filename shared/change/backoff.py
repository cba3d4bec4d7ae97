"""How long to wait, and whether the wait fits the lock. Pure: the caller waits."""

from shared.errors import TransientError

FIRST_WAIT = 2.0
LONGEST_WAIT = 300.0
# A Retry-After of 0, or one that lies in the past, is no invitation to storm.
SHORTEST_WAIT = 1.0
# Nor is one of a day a reason not to ask again.
LONGEST_OBEYED = 900.0


def wait_for(fault: TransientError, attempt: int) -> float:
    """Gives the seconds to wait before the next attempt: what the far end asked for, else doubling from 2 s to 5 min.

    `attempt` counts from 1.
    """
    if fault.retry_after is not None:
        return min(max(fault.retry_after, SHORTEST_WAIT), LONGEST_OBEYED)
    return min(FIRST_WAIT * 2.0 ** (min(attempt, 16) - 1), LONGEST_WAIT)


def read_back_waits(bound: float) -> tuple[float, ...]:
    """Gives the waits between reads after a write: none, then doubling from a quarter second, within the bound."""
    waits, wait = [0.0], 0.25
    while sum(waits) + wait <= bound:
        waits.append(wait)
        wait = min(wait * 2, 5.0)
    return tuple(waits)
