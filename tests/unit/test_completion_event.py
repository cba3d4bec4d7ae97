"""The completion event: its shape, its id, its properties."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codes import Code, WarningCode
from shared.messages.change_request import Operation
from shared.messages.completion_event import RequestFacts, completion_event, event_id
from shared.outcome import KnownUser, Outcome, Verdict
from shared.phone.phone_type import PhoneType

GOLDEN = Path(__file__).parent.parent / "golden" / "completion-event-1.0.json"
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
FACTS = RequestFacts("HR-2026-000123", Operation.SET, PhoneType.MOBILE, "workday", "INC0012345", AT, TRACE)
VERDICT = Verdict(
    Outcome.CHANGED,
    Code.REPLACED,
    user=KnownUser("87d349ed-44d7-43e1-9a83-5f2406dee5bd", "anna@contoso.example"),
    masked_number="+49 *********89",
    previous_masked_number="+49 *********80",
    warnings=(WarningCode.SMS_SIGN_IN_NOT_REGISTERED,),
)


def test_the_event_is_the_golden_one_of_schema_1_0() -> None:
    event = completion_event(FACTS, VERDICT, source="/mfa-phone-change", policy_version="1+abc", finished_at=AT)
    assert json.loads(event.body) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_properties_repeat_outcome_code_and_trace_for_filters() -> None:
    event = completion_event(FACTS, VERDICT, source="/x", policy_version="1", finished_at=AT)
    assert event.application_properties == {"outcome": "changed", "code": "replaced", "traceparent": TRACE}


def test_the_generation_shows_in_the_id_from_the_second_on() -> None:
    assert event_id("R", Outcome.FAILED) == "R:failed"
    assert event_id("R", Outcome.FAILED, generation=2) == "R:failed:2"


@given(st.text("abcXYZ019._:-", min_size=1, max_size=128), st.sampled_from(Outcome))
def test_the_message_id_fits_service_bus_and_is_the_same_for_every_copy(request_id: str, outcome: Outcome) -> None:
    facts = RequestFacts(request_id, None, None, None, None, AT)
    verdict = Verdict(outcome, Code.CREATED)
    first, second = (
        completion_event(facts, verdict, source="/x", policy_version="1", finished_at=AT) for _ in range(2)
    )
    assert first == second
    assert 0 < len(first.message_id) <= 128


@pytest.mark.parametrize("outcome", Outcome)
def test_the_type_names_the_outcome(outcome: Outcome) -> None:
    event = completion_event(FACTS, Verdict(outcome, Code.CREATED), source="/x", policy_version="1", finished_at=AT)
    assert json.loads(event.body)["type"] == f"mfaphone.change.{outcome.value}"
    assert "subject" not in json.loads(event.body)
