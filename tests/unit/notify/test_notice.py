"""The notification reads every event of a request that was ever emitted, and no others."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.notify.notice import HeldNotice, Notice, read_notice
from shared.outcome import Outcome
from tests.unit.notify.told import CHANGED, HOLD, PROOF, SHARED, UNDO, ended, held

GOLDEN = Path(__file__).parent.parent.parent / "golden"


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("completion-event-1.*.json")), ids=lambda file: file.stem)
def test_every_golden_completion_event_is_read(file: Path) -> None:
    notice = read_notice(file.read_bytes())
    assert isinstance(notice, Notice)
    assert notice.told_as == json.loads(file.read_bytes())["data"]["outcome"]


def test_what_an_event_of_schema_1_0_does_not_have_is_empty() -> None:
    notice = read_notice((GOLDEN / "completion-event-1.0.json").read_bytes())
    assert isinstance(notice, Notice)
    assert (notice.data.findings, notice.data.lock_out_proof, notice.data.decision) == ((), None, None)
    assert notice.data.warnings == ("sms_sign_in_not_registered",)


def test_an_event_of_schema_1_1_is_read_with_its_findings_its_proof_and_what_it_undoes() -> None:
    verdict = replace(CHANGED, findings=(SHARED,), proof=PROOF)
    notice = read_notice(ended(verdict, UNDO))
    assert isinstance(notice, Notice)
    assert notice.told_as is Outcome.CHANGED
    assert [finding.code for finding in notice.data.findings] == ["number_shared"]
    assert notice.data.lock_out_proof is not None
    assert (notice.data.lock_out_proof.before, notice.data.lock_out_proof.after) == (3, 2)
    assert notice.data.undoes == "HR-2026-000100"


def test_the_event_of_a_hold_is_read_as_held() -> None:
    notice = read_notice(held())
    assert isinstance(notice, HeldNotice)
    assert notice.told_as == "held"
    assert (notice.data.hold_id, notice.data.expires_at) == ("HR-2026-000123:held", HOLD.expires_at)


def test_a_hold_without_its_time_is_none() -> None:
    parsed = json.loads(held())
    del parsed["data"]["expiresAt"]
    with pytest.raises(ValidationError):
        read_notice(json.dumps(parsed).encode())
