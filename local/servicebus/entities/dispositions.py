"""What a receiver may say about a message that it has locked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complete:
    """It is done; the message goes."""


@dataclass(frozen=True, slots=True)
class Abandon:
    """It failed; the message comes again, and the delivery counts."""


@dataclass(frozen=True, slots=True)
class Defer:
    """Its time has not come; the message stays, and comes only to those who ask for its number."""


@dataclass(frozen=True, slots=True)
class Release:
    """It was not looked at; the message comes again as if it had not been delivered."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """It will never be done; the message goes to the dead-letter queue."""

    reason: str | None = None
    description: str | None = None

    @property
    def properties(self) -> dict[str, str]:
        """Gives the application properties that the message gets."""
        told = {"DeadLetterReason": self.reason, "DeadLetterErrorDescription": self.description}
        return {name: value for name, value in told.items() if value is not None}


type Disposition = Complete | Abandon | Defer | Release | DeadLetter

EXPIRED = DeadLetter("TTLExpiredException", "The message expired and was dead lettered.")
NO_SESSION = DeadLetter(
    "Session id is null", "Session enabled entity doesn't allow a message whose session identifier is null."
)


def too_often(attempts: int) -> DeadLetter:
    """Says that a message was delivered too often."""
    return DeadLetter("MaxDeliveryCountExceeded", f"Message could not be consumed after {attempts} delivery attempts.")
