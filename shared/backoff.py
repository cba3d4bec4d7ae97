"""How long to wait, and whether the wait fits the lock. Pure: the caller waits."""

from shared.errors import BrakeEngagedError, NotYetVisibleError, TransientError

FIRST_WAIT = 2.0
LONGEST_WAIT = 300.0
# A Retry-After of 0, or one that lies in the past, is no invitation to storm.
SHORTEST_WAIT = 1.0
# What is not visible yet is so within seconds, or not at all: then it is decided upon after five minutes.
LONGEST_STALE_WAIT = 30.0
# A person has to come first.
BRAKE_WAIT = 300.0
# Nor is one of a day a reason not to ask again. So nothing that a request waits for is looked for less often.
LONGEST_OBEYED = 900.0
# How long after it was sent a write whose answer was lost may still take effect: Graph's own time-out of these calls
# (https://learn.microsoft.com/graph/api/resources/authenticationmethods-overview).
LATE_WRITE = 60.0
# The longest that the vault may take for one call, with its token and all tries.
VAULT_CALL = 20.0


def wait_for(fault: TransientError, attempt: int) -> float:
    """Gives the seconds to wait before the next attempt: what the far end asked for, else doubling from 2 s to 5 min.

    `attempt` counts from 1.
    """
    if isinstance(fault, BrakeEngagedError):
        return BRAKE_WAIT
    if fault.retry_after is not None:
        return min(max(fault.retry_after, SHORTEST_WAIT), LONGEST_OBEYED)
    longest = LONGEST_STALE_WAIT if isinstance(fault, NotYetVisibleError) else LONGEST_WAIT
    return min(FIRST_WAIT * 2.0 ** (min(attempt, 16) - 1), longest)


def look_again_after(seconds: float) -> float:
    """Gives the wait before the next read after a write, from how long it has been waited: a quarter second to 5 s."""
    return min(max(seconds, 0.25), 5.0)


def longest_pass(graph_timeout: float, read_back: float) -> float:
    """Gives the seconds that one pass through the steps may take.

    Reading the state takes two calls of Graph's time, then come the write, reading back until its bound and once more;
    an undo asks the vault twice. Asking whether others still have a number is not counted: where that is slow as well,
    the delivery ends at its budget like that of a worker that died.
    """
    return 4 * graph_timeout + max(read_back, LATE_WRITE) + 2 * VAULT_CALL
