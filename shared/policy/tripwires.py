"""The policy's part on takeover: what looks like one, and how long a held request waits."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from shared.backoff import LONGEST_OBEYED
from shared.policy.words import ISO_8601, Duration, Part

# Notes of changes are kept for longer than that.
LONGEST_WINDOW = timedelta(days=30)


Window = Annotated[timedelta, Field(ge=timedelta(minutes=1), le=LONGEST_WINDOW), ISO_8601]
Wait = Annotated[timedelta, Field(ge=timedelta(seconds=1), le=LONGEST_WINDOW), ISO_8601]


class Limit(Part):
    """So many changes within a window, and no more."""

    changes: int = Field(ge=1, le=100_000, strict=True, description="Most changes within the window.")
    window: Window = Field(description="ISO 8601, from a minute to 30 days.")


class Tripwires(Part):
    """What looks like a takeover. Null switches a tripwire off."""

    cool_down: Window | None = Field(
        timedelta(hours=24), description="ISO 8601; a second change of one user's phones within it is one too soon."
    )
    per_user: Limit | None = Field(Limit(changes=3, window=timedelta(days=7)), description="Changes of one user.")
    per_requester: Limit | None = Field(
        Limit(changes=200, window=timedelta(hours=1)), description="Changes that one requester asks for."
    )
    per_tenant: Limit | None = Field(
        Limit(changes=400, window=timedelta(hours=1)),
        description="Changes in the whole tenant. Let it be less than the brake's figure, which stops everything.",
    )
    users_per_number: int | None = Field(
        1, ge=1, le=1000, strict=True, description="Most users who may have one number."
    )
    password_age: Window | None = Field(
        None, description="ISO 8601; a change so soon after the password was changed is one too soon."
    )


class Hold(Part):
    """How long a held request waits."""

    longest: Wait = Field(
        timedelta(days=3),
        description="ISO 8601, a second to 30 days; nobody approved it by then: it expires. Never after the request.",
    )
    cooling_off: Wait = Field(
        timedelta(hours=4), description="ISO 8601, from a second to 30 days; how long `cool_off` waits."
    )
    look_again: Duration = Field(
        timedelta(minutes=1),
        ge=timedelta(seconds=1),
        le=timedelta(seconds=LONGEST_OBEYED),
        description="ISO 8601, a second to 15 minutes; how soon an approval is noticed.",
    )


class Undo(Part):
    """How long a change can be undone."""

    retention: Duration = Field(
        timedelta(days=30),
        gt=timedelta(0),
        le=timedelta(days=400),
        description="ISO 8601; for so long the previous number is kept, encrypted.",
    )
