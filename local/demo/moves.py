"""What people do about a request that is held, move by move."""

from dataclasses import dataclass

from shared.messages.approval import HoldWord


@dataclass(frozen=True, slots=True)
class Move:
    """One message to the approval queue: who decides, what, and why. The next move follows where this one is refused.

    `reason` is kept in the record and told to everyone, so it holds no number.
    """

    by: str
    word: HoldWord = HoldWord.APPROVE
    reason: str = "Identity checked by video call"


def cancel(by: str, reason: str) -> Move:
    """Gives the move that cancels a request."""
    return Move(by, HoldWord.CANCEL, reason)
