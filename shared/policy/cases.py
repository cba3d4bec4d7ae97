"""The policy's own test cases: a request, a user, and what must be decided (`python -m shared.policy test`)."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, JsonValue

from shared.codes import Code
from shared.messages.change_request import Timestamp
from shared.policy.answers import Answer
from shared.policy.words import Duration, EachOnce, Name, Part


class CaseHistory(Part):
    """What was changed before, as the case supposes."""

    last_change: Annotated[Duration, Field(ge=timedelta(0), le=timedelta(days=400))] | None = Field(
        None, description="ISO 8601; how long ago the user's phones were changed."
    )
    user_changes: int = Field(0, ge=0, strict=True, description="Changes of this user within the policy's window.")
    requester_changes: int = Field(0, ge=0, strict=True, description="Changes that the requester asked for.")
    tenant_changes: int = Field(0, ge=0, strict=True, description="Changes in the whole tenant.")
    other_holders: int = Field(0, ge=0, strict=True, description="Other users who have the number.")

    @property
    def ages(self) -> tuple[timedelta, ...]:
        """How long ago this user's changes were, the latest first."""
        latest = self.last_change if self.last_change is not None else timedelta(minutes=1)
        count = max(self.user_changes, 1 if self.last_change is not None else 0)
        return (latest,) * count


class Expected(Part):
    """What must be decided."""

    answer: Answer = Field(description="The strictest answer.")
    codes: Annotated[tuple[Code, ...], EachOnce] | None = Field(
        None, description="Exactly these rules fire, excused or not, in any order; null: no matter which."
    )


class PolicyCase(Part):
    """One case. Numbers in it are examples: the file is no place for anybody's own."""

    name: Name
    now: Timestamp | None = Field(
        None, description="RFC 3339; when it is decided. Default: a minute after requestedAt, or else a day of its own."
    )
    request: dict[str, JsonValue] = Field(
        description="A change request; requestId, operation (set), user, requestedAt, requestedBy and reason may be "
        "left out."
    )
    user: dict[str, JsonValue] = Field(
        default_factory=dict,
        description="The user, as in a tenant file; left out: one with a mobile phone and an authenticator app.",
    )
    history: CaseHistory = CaseHistory()
    expect: Expected
