"""The events as the notification reads them: a request's end (dataschema 1.0 and 1.1), and that it is held (1.0)."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator
from pydantic.alias_generators import to_camel

from shared.contract_fields import in_utc
from shared.outcome import Outcome
from shared.phone.phone_type import PhoneType

HELD: Literal["held"] = "held"
Moment = Annotated[datetime, AfterValidator(in_utc)]


class _Read(BaseModel):
    """Reads what is needed and tolerates the rest, also from a newer release."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class NoticeUser(_Read):
    """Whom the request concerned."""

    id: str
    user_principal_name: str


class NoticeFinding(_Read):
    """A rule that fired; `message` is the sentence for the service desk."""

    code: str
    answer: str
    message: str
    excused_by: str | None = None

    @property
    def let_through(self) -> bool:
        """Whether the request went on although the rule fired: policy only warns, or an exception excuses it."""
        return self.answer in {"warn", "allow"}


class NoticeProof(_Read):
    """How many usable methods the user has before and after the change."""

    before: int
    after: int
    minimum: int
    exempt: str | None = None


class NoticeDecision(_Read):
    """What a person decided about a held request."""

    decision: str
    decided_by: str
    reason: str
    decided_at: Moment


class _Request(_Read):
    """What both kinds of event say of the request; numbers are masked."""

    request_id: str
    code: str
    message: str
    user: NoticeUser | None = None
    operation: str | None = None
    undoes: str | None = None
    phone_type: PhoneType | None = None
    masked_number: str | None = None
    previous_masked_number: str | None = None
    requested_by: str | None = None
    reason: str | None = None
    findings: tuple[NoticeFinding, ...] = ()
    lock_out_proof: NoticeProof | None = None


class NoticeData(_Request):
    """What became of the request."""

    outcome: Outcome
    warnings: tuple[str, ...] = ()
    decision: NoticeDecision | None = None
    finished_at: Moment

    @model_validator(mode="after")
    def _change_names_its_user(self) -> Self:
        if self.outcome is Outcome.CHANGED and self.user is None:
            message = "a change without a user is none"
            raise ValueError(message)
        return self


class HeldNoticeData(_Request):
    """What the request waits for, and until when."""

    hold_id: str
    held_at: Moment
    expires_at: Moment
    releases_at: Moment | None = None


class Notice(_Read):
    """One completion event."""

    id: str
    data: NoticeData

    @property
    def told_as(self) -> Outcome:
        """The name under which policy says who is told."""
        return self.data.outcome


class HeldNotice(_Read):
    """One event of a hold."""

    id: str
    type: Literal["mfaphone.change.held"]
    data: HeldNoticeData

    @property
    def told_as(self) -> Literal["held"]:
        """The name under which policy says who is told."""
        return HELD


type AnyNotice = HeldNotice | Notice
_EITHER: TypeAdapter[AnyNotice] = TypeAdapter(Annotated[AnyNotice, Field(union_mode="left_to_right")])


def read_notice(body: bytes) -> AnyNotice:
    """Reads an event of either kind. Raises pydantic's ValidationError where it is none."""
    return _EITHER.validate_json(body)
