"""What the services need of the world, named by duty. Every method may raise TransientError of its own kind."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from shared.directory_user import StoredPhone, UserAbsent, UserAmbiguous, UserDeleted, UserState
from shared.messages.approval import Approval
from shared.messages.change_request import UserKey
from shared.messages.completion_event import CompletionEvent
from shared.messages.received import ReceivedMessage
from shared.outcome import Verdict
from shared.phone.phone_type import PhoneType
from shared.plan import Watermark, Write
from shared.record import Ending, Intent, NewRecord, Record
from shared.request_hold import HoldDecision, RequestHold


class Clock(Protocol):
    """The time, and waiting; tests move it."""

    def now(self) -> datetime:
        """Gives the time in UTC."""
        ...

    def monotonic(self) -> float:
        """Gives seconds that never go back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        ...


class WriteCertainty(StrEnum):
    """What the answer to a write says about its effect."""

    WRITTEN = "written"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"


# The `code` of a refusal to remove the user's default method; Graph's own is a bare `badRequest`.
DEFAULT_METHOD = "defaultMethod"


@dataclass(frozen=True, slots=True)
class WriteAnswer:
    """An answer to a write. Unless it is certain, only a read tells whether the write took place."""

    certainty: WriteCertainty
    status: int = 0
    code: str = ""


class Directory(Protocol):
    """Users and their phones."""

    async def read_state(self, user: UserKey) -> UserState | UserAbsent | UserDeleted | UserAmbiguous:
        """Reads what a decision depends on. Raises DirectoryRefusedError where phones or methods may not be read.

        What else may not be read is named in the state's `undetermined`.
        """
        ...

    async def read_phones(self, user_id: str) -> tuple[StoredPhone, ...]:
        """Reads the phones alone."""
        ...

    async def write(self, user_id: str, write: Write) -> WriteAnswer:
        """Writes, once; throttling raises, because then nothing was written."""
        ...


class Ledger(Protocol):
    """The durable record of requests."""

    async def claim(self, new: NewRecord) -> Record:
        """Writes a request down, or gives the record that is already there under its key."""
        ...

    async def find(self, key: str) -> Record | None:
        """Gives the record under a key, if there is one."""
        ...

    async def hold(self, record: Record, hold: RequestHold, event: CompletionEvent) -> Record:
        """Writes down that a request is held, and the unsent event, in one transaction."""
        ...

    async def decide_hold(self, record: Record, decision: HoldDecision) -> Record:
        """Writes down what a person decided about a held request. Raises LedgerConflictError where it changed."""
        ...

    async def note_intent(self, record: Record, intent: Intent | None) -> Record:
        """Notes what is about to be written; None takes the note back."""
        ...

    async def finish(self, record: Record, ending: Ending, event: CompletionEvent) -> None:
        """Writes the outcome and the unsent event in one transaction."""
        ...

    async def mark_parked(self, record: Record) -> None:
        """Notes that a finished request's message is kept for a person."""
        ...


class HeldRequests(Protocol):
    """The requests that wait for a second person, or for a while."""

    async def waiting(self) -> tuple[Record, ...]:
        """Gives those about which nobody has decided, the oldest first."""
        ...


class ApprovalSink(Protocol):
    """Where approvals go."""

    async def send(self, approval: Approval) -> None:
        """Sends an approval; copies share their MessageId."""
        ...


@dataclass(frozen=True, slots=True)
class UnsentEvent:
    """An event in the outbox, with the key of the record that it belongs to."""

    record_key: str
    event: CompletionEvent
    # None for one that has just been recorded.
    recorded_at: datetime | None = None


class Outbox(Protocol):
    """Events that were recorded but perhaps not sent."""

    async def unsent_of(self, record: Record) -> UnsentEvent | None:
        """Gives a finished record's event while it is unsent."""
        ...

    def unsent(self, older_than: datetime) -> AsyncIterator[UnsentEvent]:
        """Walks all unsent events that were recorded before a moment."""
        ...

    async def mark_dispatched(self, unsent: UnsentEvent) -> None:
        """Takes an event out of the outbox; once more does no harm."""
        ...


class RetainedRecords(Protocol):
    """Records that are kept for a time."""

    async def purge(self, before: datetime, /) -> int:
        """Deletes the records that were done with before a moment, and gives their number."""
        ...


class UnfinishedRecords(Protocol):
    """Records of requests that never came to an end."""

    async def count_unfinished(self, accepted_before: datetime) -> int:
        """Gives the number of those that were accepted before a moment."""
        ...


class Watermarks(Protocol):
    """Per user and phone type, the newest request that may still write, and per user the one that is writing."""

    async def read(self, user_id: str, phone_types: tuple[PhoneType, ...]) -> Mapping[PhoneType, Watermark]:
        """Reads the marks that exist."""
        ...

    async def advance(self, user_id: str, phone_type: PhoneType, mark: Watermark, expected: Watermark | None) -> None:
        """Sets the mark by compare-and-set. Raises LedgerConflictError where another one stands than is expected."""
        ...

    async def hold(self, user_id: str, holder: str, until: datetime, now: datetime) -> bool:
        """Takes the user's phones for one request; false while another one holds them, whose time is not over."""
        ...

    async def release(self, user_id: str, holder: str) -> None:
        """Gives the user's phones free again; of another holder's it takes nothing."""
        ...


class Brake(Protocol):
    """What stops all writing."""

    async def permit(self, request_key: str, user_id: str) -> None:
        """Gives leave for a write. Raises BrakeEngagedError."""
        ...

    async def note(self, request_key: str, verdict: Verdict) -> None:
        """Learns how a request ended."""
        ...

    async def tell(self) -> None:
        """Sends the event of the last turn where that was not possible at the time."""
        ...


class WaitingRequests(Protocol):
    """Requests that were put off, so that a request which needs an earlier one knows that it is still to come."""

    async def note(self, user_key: str, sequence: int, phone_types: tuple[PhoneType, ...], attempt: int) -> None:
        """Notes that a request waits, and for which attempt; the highest one stays."""
        ...

    async def waits_for(self, user_key: str, sequence: int) -> int:
        """Gives the attempt that a request waits for; 0 where it does not wait."""
        ...

    async def forget(self, user_key: str, sequence: int) -> None:
        """Forgets it; once more does no harm."""
        ...

    async def waits_before(self, user_key: str, sequence: int, phone_type: PhoneType) -> bool:
        """Says whether an earlier request of the same user for a phone type still waits."""
        ...


class EventSink(Protocol):
    """Where completion events go."""

    async def publish(self, event: CompletionEvent) -> None:
        """Sends an event; copies share their MessageId."""
        ...


class RequestQueue(Protocol):
    """The queue that requests come from, and the one for people."""

    async def postpone(self, message: ReceivedMessage, delay: timedelta) -> None:
        """Sends a scheduled copy of a message that keeps its session and its place in the order."""
        ...

    async def park(self, message: ReceivedMessage, verdict: Verdict, parked_id: str) -> None:
        """Keeps a message for a person: body intact, reason beside it; once more under the same id does no harm."""
        ...
