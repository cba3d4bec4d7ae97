"""What the rules may look at: values only, no service."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.change_history import History
from shared.directory_user import UserState
from shared.messages.change_request import ChangeRequest, Operation
from shared.phone.number import PhoneNumber
from shared.phone.reading import NumberFault, ReadNumber, is_international, read_number
from shared.policy.model import Policy


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo goes by: the number that the undone request left there; None where it left no phone."""

    left: PhoneNumber | None


@dataclass(frozen=True, slots=True)
class Facts:
    """A request with all that is known when it is decided.

    `state` is None as long as the directory has not been read, `history` until it has been: rules that need them are
    then not asked. Of an undo, `request` is what it comes to: a set or a remove.
    """

    request: ChangeRequest
    policy: Policy
    now: datetime
    state: UserState | None = None
    history: History | None = None
    undone: Undone | None = None

    @property
    def asked_for(self) -> Operation:
        """The operation as the requester named it."""
        return Operation.UNDO if self.undone else self.request.operation

    @property
    def region(self) -> str | None:
        """Where a national number belongs: as the request says, else as the directory says, else as policy says."""
        location = self.state.user.usage_location if self.state else None
        return self.request.region or location or (self.policy.regions.default if self.state else None)

    @property
    def reading(self) -> ReadNumber | NumberFault | None:
        """The number that is asked for; None where there is none, or where its region is not known yet."""
        if self.request.phone_number is None:
            return None
        return self._read(self.request.phone_number.get_secret_value())

    @property
    def expected_current(self) -> ReadNumber | NumberFault | None:
        """The number that must be there now, where the request names one."""
        if self.request.if_current is None:
            return None
        return self._read(self.request.if_current.get_secret_value())

    @property
    def expires_at(self) -> datetime:
        """When the request stops being valid: as asked for, but no later than policy's longest age."""
        age = self.policy.request_age
        asked = self.request.expires_at or _later(self.request.requested_at, age.maximum)
        return min(asked, _later(self.request.requested_at, age.longest))

    def _read(self, text: str) -> ReadNumber | NumberFault | None:
        if self.state is None and self.request.region is None and not is_international(text):
            return None
        return read_number(text, self.region)


def _later(moment: datetime, span: timedelta) -> datetime:
    try:
        return moment + span
    except OverflowError:
        return datetime.max.replace(tzinfo=moment.tzinfo)
