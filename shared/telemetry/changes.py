"""What became of a request, in this delivery: on its span, and counted."""

import re
from datetime import datetime, timedelta

from opentelemetry.util.types import AttributeValue

from shared.codes import Code
from shared.messages.completion_event import RequestFacts
from shared.outcome import Verdict
from shared.telemetry import names
from shared.telemetry.instruments import instruments
from shared.telemetry.work import name_request, note

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def reason_of(fault: BaseException) -> str:
    """Gives the word for what a message waits for: the fault's class, as `directory_throttled`."""
    return _WORD.sub("_", type(fault).__name__.removesuffix("Error")).lower()


def tell_request(facts: RequestFacts, *, dry_run: bool) -> None:
    """Tells what a message asks for."""
    note({**_request(facts), names.DRY_RUN: dry_run})


def tell_end(facts: RequestFacts, verdict: Verdict, finished_at: datetime, attempts: int) -> None:
    """Tells that a request came to its end; its age counts from its first arrival on the queue."""
    outcome = {names.OUTCOME: verdict.outcome.value}
    name_request(facts.request_id)
    note({**_request(facts, verdict.user.id if verdict.user else ""), names.ATTEMPT: attempts})
    age = max((finished_at - facts.accepted_at).total_seconds(), 0.0)
    note({**outcome, names.CODE: verdict.code.value, names.AGE_SECONDS: age})
    counted = {**outcome, names.CODE: verdict.code.value, names.OPERATION: facts.operation or ""}
    instruments().outcomes.add(1, counted)
    instruments().age.record(age, outcome)
    if verdict.code is Code.NOT_CONFIRMED:
        tell_confirmation("not_confirmed")


def tell_held(facts: RequestFacts, code: str, user_id: str) -> None:
    """Tells that a request began to wait for a person, or to cool off."""
    note({**_request(facts, user_id), names.OUTCOME: "held", names.CODE: code})
    instruments().held.add(1, {names.CODE: code})


def tell_put_off(wait: timedelta, reason: str) -> None:
    """Tells that a scheduled copy took the message's place."""
    note({names.PUT_OFF_SECONDS: wait.total_seconds(), names.REASON: reason})
    instruments().put_off.add(1, {names.REASON: reason})


def tell_confirmation(when: str) -> None:
    """Tells when a read showed a write: `at_once`, `late` or, `not_confirmed`, never within the time for it."""
    instruments().confirmations.add(1, {names.CONFIRMATION: when})


def _request(facts: RequestFacts, user_id: str = "") -> dict[str, AttributeValue]:
    found = {
        names.OPERATION: facts.operation,
        names.PHONE_TYPE: facts.phone_type,
        names.REQUESTED_BY: facts.requested_by,
        names.USER_ID: user_id,
    }
    return {name: str(value) for name, value in found.items() if value}
