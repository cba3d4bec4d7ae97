"""What tripwires and undo need of the world: what was changed before. Every method may raise LedgerUnavailableError."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.change_history import History, HistoryQuestion, NotedChange
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType


class ChangeHistory(Protocol):
    """Which changes were made of late: by user, by requester, in the whole tenant."""

    async def read(self, question: HistoryQuestion) -> History:
        """Counts the changes of other requests."""
        ...

    async def note(self, change: NotedChange) -> None:
        """Notes a change that is about to be written; a request that is noted more than once counts once."""
        ...

    async def forget(self, change: NotedChange) -> None:
        """Takes the note of a change back that was surely not written; once more does no harm."""
        ...


@dataclass(frozen=True, slots=True)
class NumberHolder:
    """A user who was given a number by this product, with the time of the note (UTC)."""

    user_id: str
    noted_at: datetime


class NumberIndex(Protocol):
    """Who has which number, by keyed hash: never a clear one. It knows the changes that this product made."""

    async def holders(self, number_hashes: tuple[str, ...]) -> tuple[NumberHolder, ...]:
        """Gives the users noted for a number, each once, with the youngest note; the hashes are one number's."""
        ...

    async def note(self, number_hash: str, user_id: str, phone_type: PhoneType, at: datetime) -> None:
        """Notes that a user has, or is about to have, a number."""
        ...

    async def forget(self, number_hashes: tuple[str, ...], user_id: str, phone_type: PhoneType | None = None) -> None:
        """Takes a user's notes for a number back, of one phone type or of all; once more does no harm."""
        ...


@dataclass(frozen=True, slots=True)
class PreviousPhones:
    """What a request found, and what it wanted, phone by phone; None stands for no phone.

    A number that stood there and is no number, which nobody can restore, is in `unreadable`.
    """

    user_id: str
    before: Mapping[PhoneType, PhoneNumber | None]
    after: Mapping[PhoneType, PhoneNumber | None]
    unreadable: frozenset[PhoneType]
    kept_at: datetime


class PreviousNumbers(Protocol):
    """The numbers that were replaced or removed, encrypted, for as long as an undo may ask for them."""

    async def keep(self, request_key: str, phones: PreviousPhones, *, anew: bool) -> None:
        """Keeps what a request is about to replace; unless `anew`, what an earlier run kept stays."""
        ...

    async def forget(self, request_key: str) -> None:
        """Forgets what was kept for a request that wrote nothing; once more does no harm."""
        ...

    async def of(self, request_key: str) -> PreviousPhones | None:
        """Gives what was kept for a request; None where nothing was, or its time is over."""
        ...
