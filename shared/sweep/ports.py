"""What the sweep needs of the world, named by duty. Every method may raise TransientError of its own kind."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from shared.compliance.rows import Expected, Person, Protection, Reading, Registered, Unavailable
from shared.compliance.summary import PastRun
from shared.directory_user import StoredPhone
from shared.sweep.words import Chain, ChainState, RequestMessage, Run, StepMessage


@dataclass(frozen=True, slots=True)
class Page[T]:
    """A page of a long list. `next` leads to the page after it; "" where this is the last."""

    rows: tuple[T, ...]
    next: str = ""
    # Sentences for people about what the list leaves out.
    remarks: tuple[str, ...] = ()


class LinkExpiredError(Exception):
    """The link to a page is too old, or was never one: the list must be read from its start."""


class RegistrationReport(Protocol):
    """Microsoft's registration report."""

    async def page(self, link: str) -> Page[Registered] | Unavailable:
        """Reads a page, the first one by an empty link. Raises LinkExpiredError."""
        ...


class PeopleList(Protocol):
    """The directory's users."""

    async def page(self, link: str) -> Page[Person] | Unavailable:
        """Reads a page, the first one by an empty link. Raises LinkExpiredError."""
        ...


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """What one batch of readings came to: those who were not answered for stand in `again`."""

    readings: tuple[Reading, ...]
    again: tuple[str, ...] = ()
    # Seconds that the longest Retry-After within the batch asks for.
    retry_after: float | None = None
    throttled: int = 0
    # The share of its limit that Graph says is used; 0 where it does not say.
    load: float = 0.0


class MethodReader(Protocol):
    """Reads the methods of single users, at most `BATCH_SIZE` of them at once."""

    async def read(self, user_ids: Sequence[str]) -> BatchAnswer | Unavailable:
        """Reads one batch; Unavailable where the app may not read methods at all."""
        ...


class ProtectionReader(Protocol):
    """Whom policy protects, in the whole tenant."""

    async def read(self) -> Protection:
        """Reads it whole; what Graph refuses to tell is named in it."""
        ...


class ExpectedNumbers(Protocol):
    """What this product's own changes left."""

    async def page(self, token: str) -> Page[Expected]:
        """Reads a page, the first one by an empty token."""
        ...


class RunLog(Protocol):
    """What is known of runs; rows are changed by compare-and-set, and a lost race raises LedgerConflictError."""

    async def current(self) -> Run | None:
        """Gives the newest run, finished or not."""
        ...

    async def begin(self, run: Run) -> Run:
        """Makes a run the newest. Raises LedgerConflictError where another one is not finished, or has this id."""
        ...

    async def end(self, run: Run, past: PastRun | None) -> None:
        """Notes that a run has finished, and its figures for later runs' burn-down; once more does no harm.

        A run that came to nothing has no figures.
        """
        ...

    async def chains(self, run_id: str) -> tuple[ChainState, ...]:
        """Gives all chains that a run has begun."""
        ...

    async def chain(self, run_id: str, chain: Chain) -> ChainState | None:
        """Gives one chain."""
        ...

    async def open(self, state: ChainState) -> ChainState:
        """Writes down a chain's start, or gives the chain that is already there."""
        ...

    async def advance(self, state: ChainState) -> ChainState:
        """Writes a chain's new state by compare-and-set. Raises LedgerConflictError."""
        ...

    async def history(self) -> tuple[PastRun, ...]:
        """Gives the figures of past runs, the oldest first."""
        ...

    async def forget(self, run_id: str) -> None:
        """Deletes a run's chains; its figures stay."""
        ...


class StepQueue(Protocol):
    """The queue of steps."""

    async def send(self, message: StepMessage, delay: timedelta = timedelta(0)) -> None:
        """Sends a step; copies share their MessageId."""
        ...


class WorkFiles(Protocol):
    """Files that belong to a run, by name; written whole, so that writing once more does no harm."""

    async def write(self, run_id: str, name: str, content: bytes) -> None:
        """Writes a file, also over one of the same name."""
        ...

    async def read(self, run_id: str, name: str, start: int = 0, length: int | None = None) -> bytes:
        """Reads a file, or a part of it. Raises FileNotFoundError."""
        ...

    def names(self, run_id: str, prefix: str) -> AsyncIterator[str]:
        """Walks the names that begin so, in order."""
        ...

    async def delete_run(self, run_id: str) -> None:
        """Deletes all files of a run; once more does no harm."""
        ...


class ReportStore(Protocol):
    """Where reports are kept for people, a folder per run."""

    async def write(self, run_id: str, name: str, content_type: str, parts: AsyncIterator[bytes]) -> str:
        """Writes a file from its parts, as they come, and gives its URL; once more writes it anew."""
        ...


class LiveTraffic(Protocol):
    """Whether this worker is just carrying out somebody's change."""

    @property
    def busy(self) -> bool:
        """Says so."""
        ...


class RequestSink(Protocol):
    """The queue that everyone's change requests go to."""

    async def send(self, request: RequestMessage) -> None:
        """Sends a request; copies share their MessageId and their content."""
        ...


class PhoneReader(Protocol):
    """Reads one user's phones with their numbers."""

    async def read_phones(self, user_id: str) -> tuple[StoredPhone, ...]:
        """Reads them. Raises DirectoryRefusedError where they may not be read, or the user is gone."""
        ...


class Claim(StrEnum):
    """What came of the claim to send somebody a notice."""

    TAKEN = "taken"
    """Nobody has told this person within the period: now it is this run's turn."""
    OURS = "ours"
    """This run has claimed it before, and perhaps sent it: a step that is done again meets its own claims."""
    TOLD = "told"
    """The person was told within the period, or another worker is about to."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A claim: whose notice it is, in which week's wave, and which run sends it, when."""

    user_id: str
    wave: str
    run_id: str
    claimed_at: datetime


class NoticeLog(Protocol):
    """Who got a notice, and when: nobody gets two within a period."""

    async def count(self, wave: str) -> int:
        """Gives how many notices a wave has claimed so far, in all runs."""
        ...

    async def claim(self, notice: Notice, period: timedelta) -> Claim:
        """Claims the sending, in one write that two workers cannot both make."""
        ...

    async def release(self, notice: Notice) -> None:
        """Takes a claim back under which surely nothing was sent; another run's claim stays."""
        ...
