"""What a request may say of itself once it was about to write: that nothing was changed is no longer certain."""

from dataclasses import replace

from shared.codes import Code
from shared.outcome import Outcome, Verdict

# They speak of a doubt, or of what was done, themselves.
_PLAIN = frozenset({Code.NOT_CONFIRMED, Code.PARTLY_REMOVED, Code.NUMBER_NOT_UNIQUE, Code.DELIVERIES_EXHAUSTED})
_SAYS_UNCHANGED = frozenset({Outcome.REJECTED, Outcome.EXPIRED, Outcome.FAILED})


def in_doubt(verdict: Verdict) -> Verdict:
    """Turns an ending that says that nothing was changed into one that says that it is not known, and why."""
    if verdict.outcome not in _SAYS_UNCHANGED or verdict.code in _PLAIN:
        return verdict
    return replace(verdict, outcome=Outcome.FAILED, code=Code.NOT_CONFIRMED, detail=f"It ended so: {verdict.message}")
