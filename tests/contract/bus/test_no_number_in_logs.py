"""A message with a number in its body is parked and put off by the real SDK, and no log record shows it (P13)."""

import logging
from dataclasses import replace
from datetime import timedelta

from azure.servicebus.aio import ServiceBusClient

from shared.bus.request_queue import BusRequestQueue
from shared.phone.number import PhoneNumber
from tests.contract.bus.test_request_queue import MESSAGE, VERDICT, client, parked_one, queue
from tests.scenario.watched import LOGS, leaks, watched_logs

NUMBER = PhoneNumber(49, "15209876543")
__all__ = ["client", "queue"]


async def test_no_log_record_of_the_sdk_shows_the_body(client: ServiceBusClient, queue: BusRequestQueue) -> None:
    logs: list[str] = []
    message = replace(MESSAGE, body=b'{"phoneNumber": "+49 1520 9876543"}')
    with watched_logs(logs, logging.DEBUG):
        await queue.park(message, VERDICT, "R-1:failed")
        await queue.postpone(message, timedelta(0))
        await parked_one(client)
    assert logs
    assert leaks({LOGS: logs}, (NUMBER,)) == []
