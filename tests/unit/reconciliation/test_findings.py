"""What a run came to, and whether that is a turn."""

import pytest

from shared.reconciliation.findings import Findings, Judged, Overdue, Result, Turn, turn_after
from tests.fakes.clock import START

GOOD, BAD, DARK = Judged("phone-changes", 0), Judged("phone-approvals", 2), Judged("phone-changes")
NONE, SOME = Overdue(), Overdue(1, ("R-1",))


def found(*judged: Judged, overdue: Overdue = NONE) -> Findings:
    return Findings(START, judged, overdue)


@pytest.mark.parametrize(
    ("findings", "result"),
    [
        (found(GOOD, GOOD), Result.BALANCED),
        (found(GOOD, BAD), Result.VANISHED),
        (found(DARK, BAD, overdue=SOME), Result.VANISHED),
        (found(DARK, GOOD, overdue=SOME), Result.OVERDUE),
        (found(DARK, GOOD), Result.UNKNOWN),
        (found(), Result.UNKNOWN),
    ],
)
def test_the_gravest_counts_and_what_is_not_known_is_never_balanced(findings: Findings, result: Result) -> None:
    assert findings.result is result


def test_a_result_that_is_another_is_a_turn_and_not_to_know_is_none() -> None:
    assert turn_after(None, found(GOOD)) is None
    assert turn_after(None, found(DARK)) is None
    worse = turn_after(None, found(BAD))
    assert worse == Turn(found(BAD))
    assert turn_after(worse, found(BAD)) is worse
    assert turn_after(worse, found(DARK)) is worse
    assert turn_after(worse, found(GOOD)) == Turn(found(GOOD))
    assert turn_after(worse, found(GOOD, overdue=SOME)) == Turn(found(GOOD, overdue=SOME))
