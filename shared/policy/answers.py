"""What a rule may answer, from the mildest to the strictest."""

from collections.abc import Iterable
from enum import StrEnum


class Answer(StrEnum):
    """What becomes of a request that a rule objects to; the order of the members is that of their strictness."""

    ALLOW = "allow"
    """The rule is switched off, or an exception excuses it."""
    WARN = "warn"
    """The request is carried out, and its event names the rule."""
    COOL_OFF = "cool_off"
    """The request waits for the cooling-off period, and is then carried out unless somebody cancels it."""
    HOLD = "hold"
    """The request waits until a second person approves or cancels it, or until the hold expires."""
    REFUSE = "refuse"
    """The request is rejected."""

    @property
    def strictness(self) -> int:
        """Gives the place in the order."""
        return _ORDER.index(self)


_ORDER = tuple(Answer)


def strictest(answers: Iterable[Answer]) -> Answer:
    """Gives the strictest of several answers; allow where there is none."""
    return max(answers, key=lambda answer: answer.strictness, default=Answer.ALLOW)
