"""The completion event as the notification reads it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

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
    finished_at: datetime


class Notice(_Read):
    """One completion event."""

    id: str
    data: NoticeData
