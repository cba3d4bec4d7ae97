"""Which outcomes need a person."""

import pytest

from shared.change.settlement import Settlement, settlement_of
from shared.codes import Code
from shared.outcome import Outcome, Verdict


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_settlement_and_failures_need_a_person(outcome: Outcome) -> None:
    settlement = settlement_of(Verdict(outcome, Code.PRIVILEGED_USER))
    assert (settlement is Settlement.PARK) is (outcome is Outcome.FAILED)


def test_a_request_that_breaks_the_contract_needs_a_person() -> None:
    assert settlement_of(Verdict(Outcome.REJECTED, Code.INVALID_REQUEST)) is Settlement.PARK
