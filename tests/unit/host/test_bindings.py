import json
from typing import Any

import pytest
from azure.servicebus import ServiceBusSubQueue

from local.host.bindings import Entity, Function, ServiceBusOutput, ServiceBusTrigger, TimerTrigger, read_function
from local.host.protos import RpcFunctionMetadata
from local.serving import CannotStartError

SETTINGS = {"QUEUE": "phone-changes", "EVERY": "0 */5 * * * *"}
QUEUE_TRIGGER = {
    "direction": "IN",
    "type": "serviceBusTrigger",
    "name": "msg",
    "connection": "Bus",
    "queueName": "%QUEUE%",
}


def read(*bindings: dict[str, Any]) -> Function:
    metadata = RpcFunctionMetadata(
        name="f",
        function_id="id",
        raw_bindings=[json.dumps(binding) for binding in bindings],
        retry_options=None,
        directory="",
        script_file="function_app.py",
        entry_point="f",
        language="python",
        bindings={},
        properties={},
        is_proxy=False,
        managed_dependency_enabled=False,
    )
    return read_function(metadata, SETTINGS)


def test_a_queue_trigger_is_read_with_its_options() -> None:
    binding = QUEUE_TRIGGER | {"isSessionsEnabled": True, "autoCompleteMessages": False, "dataType": "BINARY"}
    assert read(binding).trigger == ServiceBusTrigger(
        "msg", "Bus", Entity("phone-changes"), sessions=True, auto_complete=False, body_as_bytes=True
    )


@pytest.mark.parametrize("suffix", ["$deadletterqueue", "$DeadLetterQueue"])
def test_a_path_to_the_dead_letters_is_read_in_any_case(suffix: str) -> None:
    trigger = read(QUEUE_TRIGGER | {"queueName": f"%QUEUE%/{suffix}"}).trigger
    assert isinstance(trigger, ServiceBusTrigger)
    assert trigger.entity == Entity("phone-changes", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    assert str(trigger.entity) == "phone-changes/$deadletterqueue"


def test_the_dead_letters_of_a_transfer_are_not_those_of_the_queue() -> None:
    trigger = read(QUEUE_TRIGGER | {"queueName": "q/$Transfer/$DeadLetterQueue"}).trigger
    assert isinstance(trigger, ServiceBusTrigger)
    assert trigger.entity == Entity("q", sub_queue=ServiceBusSubQueue.TRANSFER_DEAD_LETTER)


def test_a_topic_trigger_is_read_with_its_subscription() -> None:
    binding = {
        "direction": "IN",
        "type": "serviceBusTrigger",
        "name": "msg",
        "topicName": "events",
        "subscriptionName": "all/$deadletterqueue",
    }
    trigger = read(binding).trigger
    assert isinstance(trigger, ServiceBusTrigger)
    assert trigger.entity == Entity("events", "all", ServiceBusSubQueue.DEAD_LETTER)
    assert trigger.connection == "AzureWebJobsServiceBus"


def test_a_timer_trigger_is_read_with_its_schedule() -> None:
    binding = {"direction": "IN", "type": "timerTrigger", "name": "timer", "schedule": "%EVERY%", "runOnStartup": True}
    assert read(binding).trigger == TimerTrigger("timer", "0 */5 * * * *", run_on_startup=True)


def test_service_bus_outputs_are_read_for_queues_topics_and_the_return_value() -> None:
    outputs = read(
        QUEUE_TRIGGER,
        {"direction": "OUT", "type": "serviceBus", "name": "out", "connection": "Bus", "queueName": "q"},
        {"direction": "OUT", "type": "serviceBus", "name": "$return", "connection": "Bus", "topicName": "t"},
    ).outputs
    assert outputs == (ServiceBusOutput("out", "Bus", Entity("q")), ServiceBusOutput("$return", "Bus", Entity("t")))


@pytest.mark.parametrize(
    ("bindings", "sentence"),
    [
        (
            [{"direction": "IN", "type": "httpTrigger", "name": "req"}],
            "has a binding of type httpTrigger, which is not",
        ),
        (
            [QUEUE_TRIGGER, {"direction": "OUT", "type": "blob", "name": "b"}],
            "has a binding of type blob, which is not",
        ),
        ([QUEUE_TRIGGER | {"cardinality": "MANY"}], "takes batches"),
        (
            [QUEUE_TRIGGER | {"queueName": "q/$deadletterqueue", "isSessionsEnabled": True}],
            "wants sessions of q/.deadletterqueue, but a dead-letter queue has none",
        ),
        ([QUEUE_TRIGGER | {"queueName": "%NONE%"}], "needs the setting NONE, which is not set"),
        ([{"direction": "IN", "type": "timerTrigger", "name": "t"}], "has a timerTrigger binding without schedule"),
        ([QUEUE_TRIGGER, QUEUE_TRIGGER], "has more than one trigger"),
        ([], "has no trigger"),
    ],
)
def test_what_cannot_be_played_is_refused_by_name(bindings: list[dict[str, Any]], sentence: str) -> None:
    with pytest.raises(CannotStartError, match=sentence):
        read(*bindings)
