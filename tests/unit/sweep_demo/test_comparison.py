import json
from pathlib import Path

from local.sweep_demo.comparison import Comparison, found_in, without_times
from local.sweep_demo.planted import Planted
from shared.compliance.finding import ComplianceCode, Verdict
from shared.phone.phone_type import PhoneType

ONE = Planted("u1", ComplianceCode.NUMBER_SHARED, Verdict.VIOLATION, PhoneType.MOBILE)
OTHER = Planted("u2", ComplianceCode.PHONE_ONLY, excused_by="depot")


def line(finding: Planted, **more: str) -> str:
    told = {
        "userId": finding.user_id,
        "code": finding.code,
        "verdict": finding.verdict,
        "phoneType": finding.phone_type,
        "excusedBy": finding.excused_by,
    }
    return json.dumps({**told, **more})


def test_what_is_found_as_planted_is_exact() -> None:
    found = found_in([line(OTHER), line(ONE)])
    assert Comparison.of([ONE, OTHER], found).is_exact


def test_what_is_missing_and_what_is_too_much_is_told_in_a_line_each() -> None:
    compared = Comparison.of([ONE, OTHER], [ONE, ONE, OTHER._replace(excused_by="")])
    assert not compared.is_exact
    assert list(compared.differences()) == [
        "missing: phone_only violation excused by depot of u2",
        "unexpected: number_shared violation mobile of u1",
        "unexpected: phone_only violation of u2",
    ]


def test_another_answer_or_another_phone_is_a_difference() -> None:
    for other in (ONE._replace(verdict=Verdict.UNKNOWN), ONE._replace(phone_type=PhoneType.OFFICE)):
        assert not Comparison.of([ONE], [other]).is_exact


def test_two_runs_differ_in_nothing_but_the_moments(tmp_path: Path) -> None:
    for name, moment in (("a", "2026-11-26T01:00:00Z"), ("b", "2026-11-26T02:00:00Z")):
        (tmp_path / name).write_text(line(ONE, asOf=moment) + "\n", encoding="utf-8")
    assert list(without_times(tmp_path / "a")) == list(without_times(tmp_path / "b"))
