"""The brake's part of the policy."""

from datetime import timedelta

from pydantic import Field

from shared.policy.words import Duration, Part


class BrakeRules(Part):
    """When all writing stops until a person lets it go on: a flood, or a fault that hits everybody."""

    window: Duration = Field(
        timedelta(hours=1),
        ge=timedelta(minutes=1),
        le=timedelta(days=1),
        description="ISO 8601; what is counted, from a minute to a day back.",
    )
    changes: int = Field(500, ge=1, strict=True, description="Most requests that may write within the window.")
    failures: int = Field(25, ge=1, strict=True, description="Failed requests within the window that stop writing.")
    refusals: int = Field(
        5,
        ge=1,
        strict=True,
        description="Users whose change Graph refuses that stop writing, where they are most of those who were tried.",
    )
