"""The completion event as the notification reads it."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

from shared.contract_fields import in_utc
from shared.outcome import Outcome
from shared.phone.phone_type import PhoneType


class _Read(BaseModel):
    """Reads what is needed and tolerates the rest, also from a newer release."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class NoticeUser(_Read):
    """Whom the request concerned."""

    id: str
    user_principal_name: str


class NoticeData(_Read):
    """What became of the request; numbers are masked."""

    request_id: str
    outcome: Outcome
    code: str
    message: str
    user: NoticeUser | None = None
    operation: str | None = None
    phone_type: PhoneType | None = None
    masked_number: str | None = None
    previous_masked_number: str | None = None
    requested_by: str | None = None
    reason: str | None = None
    finished_at: Annotated[datetime, AfterValidator(in_utc)]

    @model_validator(mode="after")
    def _change_names_its_user(self) -> Self:
        if self.outcome is Outcome.CHANGED and self.user is None:
            message = "a change without a user is none"
            raise ValueError(message)
        return self


class Notice(_Read):
    """One completion event."""

    id: str
    data: NoticeData
