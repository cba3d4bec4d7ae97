"""The event that tells that a run of the sweep has finished: CloudEvents 1.0 (dataschema 1.0)."""

from typing import Literal

from pydantic import Field

from shared.compliance.finding import ComplianceCode, Severity
from shared.compliance.summary import Coverage, Effort, RuleCount, Summary, TelephonyOutlook
from shared.messages.completion_event import CompletionEvent
from shared.messages.decision_contract import Told
from shared.messages.event_contract import Envelope, Moment

FINISHED = "sweep_finished"
COMPLETE, INCOMPLETE = "complete", "incomplete"
_SCHEMA: Literal["urn:mfaphone:sweep-finished:1.0"] = "urn:mfaphone:sweep-finished:1.0"
# Service Bus takes 256 KiB: sentences are many only where something is badly wrong.
_MOST_SENTENCES = 20
_LONGEST_SENTENCE = 500


class SweepData(Told):
    """What a run came to. Numbers of people, no names and no phone numbers; the report has the rest."""

    run_id: str
    started_at: Moment = Field(description="RFC 3339, UTC.")
    finished_at: Moment = Field(description="RFC 3339, UTC.")
    complete: bool = Field(description="Whether as many people were seen as policy asks for.")
    incomplete_because: tuple[str, ...] = Field(description="Sentences for people; empty where it is complete.")
    remarks: tuple[str, ...] = Field(description="What the run could not know, such as without a licence.")
    telephony: TelephonyOutlook
    coverage: Coverage
    effort: Effort
    phone_only: int = Field(ge=0, description="People whose only method is a phone, excused ones among them.")
    no_method: int = Field(ge=0)
    few_methods: int = Field(ge=0, description="People with fewer usable methods than policy wants.")
    people_with_violations: int = Field(ge=0)
    violations: int = Field(ge=0, description="Of all rules, without those that an exception excuses.")
    unknown: int = Field(ge=0, description="Answers that could not be given.")
    gravest: Severity | None = Field(description="Of the violations; null where there is none.")
    rules: tuple[RuleCount, ...]
    report_url: str = Field(description="Where the page is; whoever opens it needs the right to read it.")
    policy_version: str


class SweepEnvelope(Envelope):
    """A CloudEvents 1.0 event in structured JSON."""

    id: str = Field(description="The run; equal for every copy.")
    type: Literal["mfaphone.sweep.finished"] = "mfaphone.sweep.finished"
    dataschema: Literal["urn:mfaphone:sweep-finished:1.0"] = _SCHEMA
    data: SweepData


def sweep_finished_event(summary: Summary, report_url: str, source: str) -> CompletionEvent:
    """Builds the event of a run; `outcome` among its properties is `sweep_finished`, `code` is the gravest code.

    The code is that of the gravest rule that is violated, else `complete` or `incomplete`.
    """
    envelope = SweepEnvelope(
        id=f"sweep:{summary.run_id}",
        source=source,
        time=summary.finished_at,
        data=SweepData(
            run_id=summary.run_id,
            started_at=summary.started_at,
            finished_at=summary.finished_at,
            complete=summary.complete,
            incomplete_because=_told(summary.incomplete_because),
            remarks=_told(summary.remarks),
            telephony=summary.telephony,
            coverage=summary.coverage,
            effort=summary.effort,
            phone_only=summary.phone_only,
            no_method=summary.no_method,
            few_methods=summary.few_methods,
            people_with_violations=summary.people_with_violations,
            violations=sum(rule.violations for rule in summary.rules),
            unknown=sum(rule.unknown for rule in summary.rules),
            gravest=min((rule.severity for rule in _violated(summary)), key=lambda each: each.rank, default=None),
            rules=summary.rules,
            report_url=report_url,
            policy_version=summary.policy_version,
        ),
    )
    return CompletionEvent(envelope.id, envelope.to_json(), FINISHED, _code(summary))


def _violated(summary: Summary) -> list[RuleCount]:
    return [rule for rule in summary.rules if rule.violations]


def _code(summary: Summary) -> str:
    codes = tuple(ComplianceCode)
    gravest = min(_violated(summary), key=lambda rule: (rule.severity.rank, codes.index(rule.code)), default=None)
    if gravest is not None:
        return gravest.code.value
    return COMPLETE if summary.complete else INCOMPLETE


def _told(sentences: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each[:_LONGEST_SENTENCE] for each in sentences[:_MOST_SENTENCES])
