from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from local.host.bindings import Entity, Function, ServiceBusTrigger
from local.host.host_json import ServiceBusOptions
from local.host.message_call import MessageCall
from tests.unit.host.received import received

if TYPE_CHECKING:
    from azure.servicebus.aio import ServiceBusReceiver

    from local.host.invocation import Invocation, Invoker


class FakeReceiver:
    """A receiver of a session, which notes how messages are settled."""

    fully_qualified_namespace = "ns"
    session = SimpleNamespace(locked_until_utc=None)

    def __init__(self) -> None:
        self.settled: list[str] = []

    async def complete_message(self, _: object) -> None:
        self.settled.append("complete")

    async def abandon_message(self, _: object) -> None:
        self.settled.append("abandon")


class FakeInvoker:
    """Notes what it is to invoke, and says that it went as told."""

    def __init__(self, *, succeeds: bool) -> None:
        self.invocations: list[Invocation] = []
        self._succeeds = succeeds

    async def invoke(self, invocation: "Invocation") -> bool:
        self.invocations.append(invocation)
        return self._succeeds


async def call(
    message: Any,
    *,
    succeeds: bool = True,
    on_trigger: bool | None = None,
    on_host: bool = True,
) -> tuple[list[str], list["Invocation"]]:
    """Takes a message through a function; gives its settlements and its invocations."""
    trigger = ServiceBusTrigger("msg", "Bus", Entity("q"), sessions=True, auto_complete=on_trigger)
    invoker, receiver = FakeInvoker(succeeds=succeeds), FakeReceiver()
    function = Function("f", "id", trigger)
    options = ServiceBusOptions(autoCompleteMessages=on_host)
    await MessageCall(function, trigger, cast("Invoker", invoker), options)(
        cast("ServiceBusReceiver", receiver), message
    )
    return receiver.settled, invoker.invocations


@pytest.mark.parametrize(
    ("on_trigger", "on_host", "settled"),
    [
        (None, True, ["complete"]),
        (None, False, []),
        (True, False, ["complete"]),
        (False, True, []),
    ],
)
async def test_the_trigger_s_word_on_completing_wins_over_the_host_s(
    *, on_trigger: bool | None, on_host: bool, settled: list[str]
) -> None:
    assert (await call(received(data=[b"x"]), on_trigger=on_trigger, on_host=on_host))[0] == settled


async def test_a_failure_is_abandoned() -> None:
    assert (await call(received(data=[b"x"]), succeeds=False))[0] == ["abandon"]


async def test_the_log_names_the_message_and_the_delivery() -> None:
    message = received(data=[b"x"], properties={"message_id": b"m-1"}, header={"delivery_count": 1})
    _, (invocation,) = await call(message)
    assert invocation.log_facts == ", MessageId='m-1', DeliveryCount=2"


async def test_a_message_that_cannot_be_bound_is_abandoned_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    settled, invocations = await call(received(value={b"secret": 1}, properties={"message_id": b"m-1"}))
    assert settled == ["abandon"]
    assert not invocations
    assert "Message 'm-1' cannot be bound to function f: A message with a value body cannot be bound" in caplog.text
    assert "secret" not in caplog.text
