import pytest

from local.servicebus.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()
