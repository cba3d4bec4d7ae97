from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from azure.servicebus.exceptions import (
    MessageAlreadySettled,
    MessageLockLostError,
    ServiceBusConnectionError,
    SessionLockLostError,
)

from local.host.settle import Settlement, settle, settlement_of

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusReceivedMessage
    from azure.servicebus.aio import ServiceBusReceiver


class FakeReceiver:
    """Notes what it is told, or raises."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.told: list[str] = []
        self._fault = fault

    async def complete_message(self, _: object) -> None:
        self._tell("complete")

    async def abandon_message(self, _: object) -> None:
        self._tell("abandon")

    def _tell(self, what: str) -> None:
        self.told.append(what)
        if self._fault:
            raise self._fault


async def settled(settlement: Settlement, fault: Exception | None = None) -> list[str]:
    receiver = FakeReceiver(fault)
    message = cast("ServiceBusReceivedMessage", SimpleNamespace(message_id="m-1"))
    await settle(cast("ServiceBusReceiver", receiver), message, settlement)
    return receiver.told


@pytest.mark.parametrize(
    ("succeeded", "auto_complete", "settlement"),
    [
        (True, True, Settlement.COMPLETE),
        (True, False, Settlement.LEAVE),
        (False, True, Settlement.ABANDON),
        (False, False, Settlement.ABANDON),
    ],
)
def test_success_completes_unless_told_otherwise_and_failure_always_abandons(
    *, succeeded: bool, auto_complete: bool, settlement: Settlement
) -> None:
    assert settlement_of(succeeded=succeeded, auto_complete=auto_complete) is settlement


async def test_a_settlement_is_what_the_receiver_is_told() -> None:
    assert await settled(Settlement.COMPLETE) == ["complete"]
    assert await settled(Settlement.ABANDON) == ["abandon"]
    assert await settled(Settlement.LEAVE) == []


@pytest.mark.parametrize("fault", [MessageLockLostError(), SessionLockLostError(), MessageAlreadySettled()])
async def test_a_lost_lock_is_a_warning_not_an_error(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    await settled(Settlement.COMPLETE, fault)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Could not complete message 'm-1': its lock was lost" in caplog.text


@pytest.mark.parametrize("fault", [ServiceBusConnectionError(), ValueError("shutdown")])
async def test_any_other_fault_is_an_error_and_ends_nothing(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    await settled(Settlement.ABANDON, fault)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
