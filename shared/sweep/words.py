"""The words of a run: its chains of steps, the message that does one step, the requests that follow. Pure."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

RUN_ID = re.compile(r"[0-9]{8}T[0-9]{4}Z")
# Minutes since 1970, among others; more is none of ours.
_MOST = 1_000_000_000
_RUN_ID_FORMAT = "%Y%m%dT%H%MZ"


class Chain(StrEnum):
    """A chain of steps, one after the other; those of one phase go on side by side."""

    # Phase 1: what can be known
    PROTECTION = "protection"
    """Whom policy protects: roles, eligible roles, role-assignable groups, policy's own list."""
    REGISTRATION = "registration"
    """The registration report, a page a step."""
    PEOPLE = "people"
    """The directory's users, a page a step."""
    EXPECTED = "expected"
    """What this product's own changes left, a page of the watermarks a step."""
    READINGS = "readings"
    """Methods read one by one, of those who have a phone or are missing in the report."""
    # Phase 2 to 4
    JUDGING = "judging"
    """Joins the rows of a share of the people, reads what is still missing, and judges."""
    SHARING = "sharing"
    """Finds numbers that several people have."""
    PUBLISHING = "publishing"
    """Writes the report, the summary and the event."""
    # Phase 5, where policy asks for it
    REMEDYING = "remedying"
    NOTICING = "noticing"


GATHERING = (Chain.PROTECTION, Chain.REGISTRATION, Chain.PEOPLE, Chain.EXPECTED, Chain.READINGS)


class StepMessage(BaseModel):
    """Asks for one step of one chain of a run; a message of the sweep-pages queue, whose session is the chain."""

    model_config = ConfigDict(frozen=True)

    run_id: str = Field(pattern=rf"^{RUN_ID.pattern}$")
    chain: Chain
    step: int = Field(ge=0)
    # Which try of the step it is, and a mark of its own for what is sent anew after nothing came of it: the queue
    # would take either for a copy otherwise.
    attempt: int = Field(1, ge=1, le=_MOST)
    turn: int = Field(0, ge=0, le=_MOST)

    @property
    def message_id(self) -> str:
        """The MessageId by which the queue detects copies."""
        return f"{self.run_id}:{self.chain}:{self.step}:{self.turn}:{self.attempt}"

    @property
    def session_id(self) -> str:
        """The session that keeps a chain's steps one after the other."""
        return f"{self.run_id}:{self.chain}"


@dataclass(frozen=True, slots=True)
class ChainState:
    """How far a chain has come; the row is changed by compare-and-set alone."""

    run_id: str
    chain: Chain
    # The step that comes next; those before it are done.
    step: int = 0
    done: bool = False
    # Where the next step goes on, as the chain itself writes it down: a link, a page, an offset (JSON).
    cursor: str = ""
    # What the chain counted so far: pages, rows, reads, throttled.
    counts: tuple[tuple[str, int], ...] = ()
    # Sentences for people about what could not be known.
    remarks: tuple[str, ...] = ()
    # The earliest moment of the next call that is rationed.
    not_before: datetime | None = None
    changed_at: datetime | None = None
    etag: str = ""

    def count(self, name: str) -> int:
        """Gives what was counted under a name."""
        return dict(self.counts).get(name, 0)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the sweep. Its id is the minute in which it started: two timers in one minute start one run."""

    run_id: str
    started_at: datetime
    policy_version: str
    finished_at: datetime | None = None
    etag: str = ""


@dataclass(frozen=True, slots=True)
class RequestMessage:
    """A change request, ready for the queue. The body may hold a clear phone number."""

    message_id: str
    session_id: str
    body: bytes = field(repr=False)


def run_id_of(moment: datetime) -> str:
    """Gives the id of the run that starts at a moment: its minute in UTC, such as 20261126T0100Z."""
    return moment.astimezone(UTC).strftime(_RUN_ID_FORMAT)
