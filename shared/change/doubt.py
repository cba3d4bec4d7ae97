"""What a request may say of itself once it was about to write: that nothing was changed is no longer certain."""

from dataclasses import replace

from shared.codes import IN_DOUBT, Code
from shared.outcome import Outcome, Verdict

_SAYS_UNCHANGED = frozenset({Outcome.REJECTED, Outcome.EXPIRED, Outcome.FAILED})


def in_doubt(verdict: Verdict) -> Verdict:
    """Turns an ending that says that nothing was changed into one that says that it is not known, and why."""
    if verdict.outcome not in _SAYS_UNCHANGED or verdict.code in IN_DOUBT:
        return verdict
    return replace(verdict, outcome=Outcome.FAILED, code=Code.NOT_CONFIRMED, detail=f"It ended so: {verdict.message}")
