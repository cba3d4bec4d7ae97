"""Numbers of 32 bits begin anew, and the order among them goes by the shorter way round."""

import pytest

from local.servicebus.amqp.serials import advanced, ahead

LAST = 0xFFFF_FFFF


def test_after_the_last_number_comes_the_first() -> None:
    assert advanced(LAST) == 0
    assert advanced(LAST - 1, 5) == 3


@pytest.mark.parametrize(("number", "other", "steps"), [(5, 3, 2), (3, 5, -2), (1, LAST, 2), (LAST, 1, -2), (7, 7, 0)])
def test_a_number_is_ahead_by_the_shorter_way(number: int, other: int, steps: int) -> None:
    assert ahead(number, other) == steps
