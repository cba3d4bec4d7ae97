"""The policy's exceptions: who is excused from which rule, by whose word, until when."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.codes import Code
from shared.compliance.finding import ComplianceCode
from shared.policy.catalogue import CATALOGUE
from shared.policy.words import ANY_REQUESTER, EachOnce, GroupId, MailAddress, Name, Part, UserName

EXCUSABLE = tuple(code for code, entry in CATALOGUE.items() if entry.excusable)
# Of the sweep's rules: all that concern people. Those of both lists are one word, and one exception.
EXCUSABLE_IN_SWEEP = tuple(code for code in ComplianceCode if code is not ComplianceCode.EXCEPTION_EXPIRING)
_SWEEP_ONLY = frozenset[str](EXCUSABLE_IN_SWEEP) - frozenset[str](EXCUSABLE)


class PolicyException(Part):
    """One exception; it ends by itself after its day of expiry (UTC)."""

    id: Name = Field(max_length=64, description="Named in every event that it excuses.")
    codes: Annotated[tuple[Code | ComplianceCode, ...], EachOnce] = Field(
        min_length=1,
        description=f"The rules it excuses from; possible are {', '.join(EXCUSABLE)}; of the sweep's own, "
        f"for named users alone, {', '.join(code for code in EXCUSABLE_IN_SWEEP if code in _SWEEP_ONLY)}.",
    )
    users: Annotated[tuple[UserName, ...], EachOnce] = Field((), description="Object ids or user principal names.")
    groups: Annotated[tuple[GroupId, ...], EachOnce] = Field(
        (), description="Object ids of groups whose members, also through other groups, are excused."
    )
    requesters: Annotated[tuple[Name, ...], EachOnce] = Field((), description="Whose requests are excused.")
    owner: MailAddress = Field(description="Who answers for it, and is reminded before it expires.")
    reason: Name = Field(description="Why, for whoever reviews it.")
    expires: date = Field(description="ISO 8601 date; the last day on which it holds, UTC.")

    @model_validator(mode="after")
    def _excuses_someone_from_something(self) -> Self:
        if fixed := [code for code in self.codes if code not in EXCUSABLE and code not in _SWEEP_ONLY]:
            message = f"no exception may excuse from {', '.join(fixed)}"
            raise ValueError(message)
        if (by_name := [code for code in self.codes if code in _SWEEP_ONLY]) and (self.groups or self.requesters):
            message = (
                f"the sweep knows no memberships and no requesters: an exception from {', '.join(by_name)} names users "
                "alone"
            )
            raise ValueError(message)
        if ANY_REQUESTER in self.requesters:
            message = "requesters are named one by one: there is no exception for everybody"
            raise ValueError(message)
        if not (self.users or self.groups or self.requesters):
            message = "names no user, group or requester"
            raise ValueError(message)
        return self

    def holds_on(self, day: date) -> bool:
        """Says whether it has not expired."""
        return day <= self.expires
