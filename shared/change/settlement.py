"""What becomes of the message when the request has ended: one exhaustive table."""

from enum import Enum
from typing import assert_never

from shared.codes import Code
from shared.outcome import Outcome, Verdict


class Settlement(Enum):
    """What happens to the message before it is completed; from Python the host can complete or abandon, no more."""

    COMPLETE = "complete"
    """The event tells the producer everything."""
    PARK = "park"
    """A person has to look: a copy with the reason goes to the parked queue first."""


def settlement_of(verdict: Verdict) -> Settlement:
    """Gives the settlement of a verdict."""
    match verdict.outcome:
        case Outcome.CHANGED | Outcome.ALREADY_CORRECT | Outcome.PLANNED | Outcome.SUPERSEDED | Outcome.EXPIRED:
            return Settlement.COMPLETE
        case Outcome.REJECTED:
            return Settlement.PARK if verdict.code is Code.INVALID_REQUEST else Settlement.COMPLETE
        case Outcome.FAILED:
            return Settlement.PARK
        case _:
            assert_never(verdict.outcome)
