"""The completion event: its shape, its id, its properties."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.approval_codes import ApprovalCode
from shared.codes import Code, WarningCode
from shared.messages.approval import Approval
from shared.messages.approval_event import ApprovalFacts, approval_event
from shared.messages.change_request import Operation
from shared.messages.completion_event import RequestFacts, completion_event, event_id
from shared.messages.held_event import held_event
from shared.outcome import KnownUser, Outcome, Verdict
from shared.phone.phone_type import PhoneType
from shared.policy.answers import Answer
from shared.policy.finding import Finding
from shared.policy.proof import LockOutProof, MethodProof
from shared.request_hold import HoldDecision, HoldState, RequestHold

GOLDEN = Path(__file__).parent.parent / "golden"
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
FACTS = RequestFacts("HR-2026-000123", Operation.SET, PhoneType.MOBILE, "workday", "INC0012345", AT, TRACE)
TOO_SOON = Finding(Code.COOL_DOWN, "The last change was on 2026-11-22 at 15:00 UTC.", Answer.HOLD)
PROOF = LockOutProof(
    AT.date(),
    before=2,
    after=2,
    minimum=1,
    methods=(
        MethodProof("phone mobile", usable=True, why="counts, once for all phones"),
        MethodProof("fido2AuthenticationMethod", usable=True, why="counts"),
    ),
)
VERDICT = Verdict(
    Outcome.CHANGED,
    Code.REPLACED,
    user=KnownUser("87d349ed-44d7-43e1-9a83-5f2406dee5bd", "anna@contoso.example"),
    masked_number="+49 *********89",
    previous_masked_number="+49 *********80",
    warnings=(WarningCode.SMS_SIGN_IN_NOT_REGISTERED,),
    findings=(
        TOO_SOON,
        Finding(Code.REGION_NOT_ALLOWED, "Region DE is not on the list.", Answer.ALLOW, excused_by="pilot-de"),
    ),
    proof=PROOF,
)
HOLD = RequestHold(
    (TOO_SOON,),
    AT,
    AT + timedelta(days=3),
    KnownUser("87d349ed-44d7-43e1-9a83-5f2406dee5bd", "anna@contoso.example"),
    "+49 *********89",
    "+49 *********80",
    proof=PROOF,
)
APPROVED = HoldDecision(HoldState.APPROVED, "boss@contoso.example", "Called back", AT - timedelta(minutes=1), "A-17")


def golden(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return found


def test_the_event_is_the_golden_one_of_schema_1_1() -> None:
    event = completion_event(
        FACTS,
        VERDICT,
        source="/mfa-phone-change",
        policy_version="1+abc",
        finished_at=AT,
        hold=replace(HOLD, decision=APPROVED),
    )
    assert json.loads(event.body) == golden("completion-event-1.1")


def test_what_schema_1_0_had_is_still_there() -> None:
    """Whoever reads events of 1.0 reads those of 1.1."""
    older, newer = golden("completion-event-1.0"), golden("completion-event-1.1")
    assert {name: newer["data"][name] for name in older["data"]} == older["data"]


def test_the_event_of_a_hold_is_the_golden_one_of_schema_1_0() -> None:
    event = held_event(FACTS, HOLD, source="/mfa-phone-change", policy_version="1+abc")
    assert json.loads(event.body) == golden("held-event-1.0")
    assert event.application_properties == {"outcome": "held", "code": "cool_down", "traceparent": TRACE}


def test_the_answer_to_an_approval_is_the_golden_one_of_schema_1_0() -> None:
    given_one = Approval.model_validate(golden("approval-1.0"))
    facts = ApprovalFacts(
        given_one.approval_id,
        given_one.request_id,
        given_one.hold_id,
        given_one.decision,
        given_one.decided_by,
        given_one.reason,
        "0123456789abcdef",
    )
    event = approval_event(facts, ApprovalCode.APPROVED, AT, source="/mfa-phone-change", policy_version="1+abc")
    assert json.loads(event.body) == golden("approval-event-1.0")
    assert event.application_properties == {"outcome": "approval_accepted", "code": "approved"}


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
