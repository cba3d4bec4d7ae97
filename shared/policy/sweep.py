"""The policy's part on the sweep: whom it checks, how thoroughly, who is told, and what it may set right by itself."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from shared.compliance.finding import ComplianceCode, Severity
from shared.policy.words import Duration, EachOnce, MailAddress, Name, Part

_LONGEST_RUN = timedelta(hours=24)
# Claims of notices are kept for longer than that.
LONGEST_PERIOD = timedelta(days=400)
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Remediation(Part):
    """What the sweep asks for by itself: requests on the same queue, under the same policy as everyone's."""

    leavers: bool = Field(default=False, strict=True, description="Whether it asks to remove the phones of leavers.")
    formats: bool = Field(
        default=False, strict=True, description="Whether it asks to write a number anew in Graph's format."
    )
    most_per_run: int = Field(50, ge=1, le=10_000, strict=True, description="Most requests in one run.")
    requested_by: Name = Field(
        "compliance-sweep", description="Their requestedBy; `requesters` must let it do what is switched on."
    )


class PasskeyNotices(Part):
    """Mails to people whose only method is a phone: register a passkey. Sent in weekly waves, by department."""

    enabled: bool = Field(default=False, strict=True, description="Whether they are sent.")
    weekday: Weekday = Field("tuesday", description="The day, UTC, from which a week's wave may start.")
    most_per_wave: int = Field(500, ge=1, le=10_000, strict=True, description="Most mails in one week.")
    per_minute: int = Field(
        20, ge=1, le=30, strict=True, description="Mails a minute; Exchange Online takes 30 from one mailbox."
    )
    period: Duration = Field(
        timedelta(days=28),
        ge=timedelta(days=7),
        le=LONGEST_PERIOD,
        description="ISO 8601; nobody gets a second notice within it.",
    )
    departments: Annotated[tuple[Name, ...], EachOnce] = Field(
        (), description="Whose turn comes first, in this order; all others follow by name."
    )


class SweepRules(Part):
    """The scheduled check of the whole tenant."""

    guests: bool = Field(
        default=False,
        strict=True,
        description="Whether guests, and members who come from another tenant (#EXT#), are checked as well: most of "
        "them sign in with their home tenant's methods.",
    )
    minimum_usable_methods: int = Field(
        2, ge=1, le=5, strict=True, description="Usable methods that everyone should have; all phones count once."
    )
    complete_share: float = Field(
        0.98,
        ge=0.5,
        le=1,
        description="Share of people whose methods must be known; a run that knows less calls itself incomplete.",
    )
    longest: Duration = Field(
        timedelta(hours=8),
        ge=timedelta(minutes=1),
        le=_LONGEST_RUN,
        description="ISO 8601, a minute to a day; after it a run ends with what it has seen, as an incomplete one.",
    )
    most_reads: int = Field(
        500_000, ge=0, strict=True, description="Most users whose methods one run reads one by one (its budget)."
    )
    leaver_grace: Duration = Field(
        timedelta(0),
        ge=timedelta(0),
        le=timedelta(days=400),
        description="ISO 8601; how long after the last day of work (employeeLeaveDateTime) an enabled account may "
        "keep its phones. A disabled account has no such grace: Graph does not say since when it is.",
    )
    severities: dict[ComplianceCode, Severity] = Field(
        {}, description="How bad a violation is, where that is not its usual severity; docs/sweep-rules.md lists them."
    )
    off: Annotated[tuple[ComplianceCode, ...], EachOnce] = Field((), description="What is not checked.")
    report_to: Annotated[tuple[MailAddress, ...], EachOnce] = Field(
        (), description="Who gets the summary mail of each run."
    )
    remediation: Remediation = Remediation()
    passkey_notices: PasskeyNotices = PasskeyNotices()
