"""What a whole run comes to, as figures: the contract of summary.json, of the event and of the page."""

from datetime import date
from typing import Literal

from pydantic import Field

from shared.compliance.finding import ComplianceCode, Severity
from shared.messages.decision_contract import Told
from shared.messages.event_contract import Moment
from shared.policy.methods import TelephonyMode

SUMMARY_SCHEMA = "urn:mfaphone:sweep-summary:1.0"


class RuleCount(Told):
    """How often a rule gave each answer."""

    code: ComplianceCode
    severity: Severity = Field(description="The gravest among its findings, else its usual one.")
    compliant: int = Field(0, ge=0)
    violations: int = Field(0, ge=0, description="Without those that an exception excuses.")
    excused: int = Field(0, ge=0)
    unknown: int = Field(0, ge=0)


class GroupCount(Told):
    """What concerns one department, country or manager."""

    name: str = Field(description="Empty where the directory names none.")
    id: str = Field("", description="Object id, of a manager only.")
    people: int = Field(0, ge=0, description="Who may sign in: enabled accounts within the sweep's scope.")
    phone_only: int = Field(0, ge=0)
    no_method: int = Field(0, ge=0)
    violations: int = Field(0, ge=0, description="Findings, without those that an exception excuses.")
    unknown: int = Field(0, ge=0)


class Coverage(Told):
    """How much of the tenant was seen."""

    people: int = Field(0, ge=0, description="Users that the directory lists, within the sweep's scope.")
    enabled: int = Field(0, ge=0, description="Those of them who may sign in.")
    guests_left_out: int = Field(0, ge=0)
    known: int = Field(
        0, ge=0, description="Those whose methods are known: by a reading, or by the report where that says enough."
    )
    from_report: int = Field(0, ge=0)
    read: int = Field(0, ge=0, description="Those whose methods were read one by one.")
    unread: int = Field(0, ge=0, description="Those who should have been read, and were not.")
    share: float = Field(0, ge=0, le=1, description="known / people.")
    needed_share: float = Field(0, ge=0, le=1, description="What policy asks for.")


class Effort(Told):
    """What a run cost."""

    report_pages: int = Field(0, ge=0)
    user_pages: int = Field(0, ge=0)
    method_reads: int = Field(0, ge=0)
    throttled: int = Field(0, ge=0, description="Answers that asked for fewer requests.")
    seconds: float = Field(0, ge=0)


class PastRun(Told):
    """One run in the burn-down."""

    run_id: str
    at: Moment
    complete: bool
    enabled: int
    phone_only: int
    no_method: int
    violations: int


class TelephonyOutlook(Told):
    """What becomes of phones."""

    mode: TelephonyMode
    retires_on: date
    days_left: int | None = Field(None, description="Until Microsoft delivers no longer; null where that is no matter.")


class Summary(Told):
    """One run of the sweep in figures. Numbers of people, never phone numbers."""

    schema_: Literal["urn:mfaphone:sweep-summary:1.0"] = Field("urn:mfaphone:sweep-summary:1.0", alias="schema")
    run_id: str
    started_at: Moment
    finished_at: Moment
    policy_version: str
    complete: bool
    incomplete_because: tuple[str, ...] = Field((), description="Sentences for people; empty where it is complete.")
    remarks: tuple[str, ...] = Field((), description="What the run could not know, such as without a licence.")
    telephony: TelephonyOutlook
    coverage: Coverage
    effort: Effort
    phone_only: int = Field(0, ge=0, description="People whose only method is a phone, excused ones among them.")
    no_method: int = Field(0, ge=0, description="People without any method, excused ones among them.")
    few_methods: int = Field(
        0,
        ge=0,
        description="People with fewer usable methods than policy wants, without those who have a phone alone or "
        "nothing.",
    )
    people_with_violations: int = Field(0, ge=0)
    rules: tuple[RuleCount, ...]
    departments: tuple[GroupCount, ...] = ()
    countries: tuple[GroupCount, ...] = ()
    managers: tuple[GroupCount, ...] = ()
    history: tuple[PastRun, ...] = Field((), description="Past runs and this one, the oldest first.")
