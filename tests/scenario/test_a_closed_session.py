"""A worker that dies takes its connection along: Service Bus closes the session, and does not count the delivery.

https://learn.microsoft.com/azure/service-bus-messaging/message-sessions#impact-of-delivery-count
Found by tests/e2e/test_kills.py (seed 1): a note of a wait stayed behind.
"""

import pytest

from shared.errors import BusUnavailableError, DirectoryUnavailableError
from tests.fakes.world import World


async def test_a_note_of_a_wait_goes_also_where_the_delivery_that_left_it_was_not_counted() -> None:
    """Else an alternate mobile phone of the same user would wait for the mobile phone until it expires."""
    world = World()
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    # The worker is gone before the copy is sent.
    world.queue.postpone_faults = [BusUnavailableError() for _ in range(100)]
    message = world.message(ifCurrent="+49 151 99999999")
    with pytest.raises(BusUnavailableError):
        await world.service.handle(message)
    world.queue.postpone_faults.clear()
    assert message.delivery_count == 1
    await world.service.handle(message)
    await world.service.handle(world.message("R-2", phoneType="alternateMobile"))
    assert world.outcomes() == [("rejected", "current_number_differs"), ("rejected", "mobile_required")]
    assert world.waiting.waiting == {}
