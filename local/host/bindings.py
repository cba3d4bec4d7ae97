"""What the functions of an app are bound to. A binding that this host cannot play is refused here, by its name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from azure.servicebus import ServiceBusSubQueue

from local.host.app_settings import resolve_placeholders
from local.host.protos import RpcFunctionMetadata
from local.serving import CannotStartError

_SUB_QUEUES = {
    "/$deadletterqueue": ServiceBusSubQueue.DEAD_LETTER,
    "/$transfer/$deadletterqueue": ServiceBusSubQueue.TRANSFER_DEAD_LETTER,
}


@dataclass(frozen=True)
class Entity:
    """A queue, a topic or a subscription, or the dead-letter queue of one."""

    name: str
    subscription: str | None = None
    sub_queue: ServiceBusSubQueue | None = None

    def __str__(self) -> str:
        suffix = next((path for path, sub_queue in _SUB_QUEUES.items() if sub_queue is self.sub_queue), "")
        return (f"{self.name}/{self.subscription}" if self.subscription else self.name) + suffix


@dataclass(frozen=True)
class ServiceBusTrigger:
    """A function that runs for each message of a queue or subscription."""

    parameter: str
    connection: str
    entity: Entity
    sessions: bool = False
    auto_complete: bool | None = None
    body_as_bytes: bool = False


@dataclass(frozen=True)
class TimerTrigger:
    """A function that runs on a schedule (NCRONTAB or a TimeSpan)."""

    parameter: str
    schedule: str
    run_on_startup: bool = False
    use_monitor: bool = True


@dataclass(frozen=True)
class ServiceBusOutput:
    """An output whose value is sent as the body of a message; `$return` is the function's return value."""

    parameter: str
    connection: str
    entity: Entity


@dataclass(frozen=True)
class Function:
    """A function of the app, ready to be listened for."""

    name: str
    function_id: str
    trigger: ServiceBusTrigger | TimerTrigger
    outputs: tuple[ServiceBusOutput, ...] = ()


def read_function(metadata: RpcFunctionMetadata, settings: Mapping[str, str]) -> Function:
    """Reads the bindings of an indexed function. Raises CannotStartError for what this host cannot play."""
    reader = _BindingReader(metadata.name, settings)
    triggers: list[ServiceBusTrigger | TimerTrigger] = []
    outputs: list[ServiceBusOutput] = []
    for binding in map(json.loads, metadata.raw_bindings):
        match binding["type"], binding["direction"]:
            case "serviceBusTrigger", _:
                triggers.append(reader.service_bus_trigger(binding))
            case "timerTrigger", _:
                triggers.append(reader.timer_trigger(binding))
            case "serviceBus", "OUT":
                outputs.append(reader.service_bus_output(binding))
            case kind, _:
                reader.refuse(
                    f"has a binding of type {kind}, which is not played here; "
                    "there are serviceBusTrigger, timerTrigger and serviceBus outputs"
                )
    if len(triggers) != 1:
        reader.refuse("has no trigger" if not triggers else "has more than one trigger")
    return Function(metadata.name, metadata.function_id, triggers[0], tuple(outputs))


def names_with_retry_policy(functions: Sequence[RpcFunctionMetadata]) -> list[str]:
    """Names the functions with a retry policy: the host in Azure does not support one for Service Bus either."""
    return [function.name for function in functions if function.retry_options is not None]


@dataclass(frozen=True)
class _BindingReader:
    function: str
    settings: Mapping[str, str]

    def service_bus_trigger(self, binding: Mapping[str, Any]) -> ServiceBusTrigger:
        if str(binding.get("cardinality", "ONE")).upper() == "MANY":
            self.refuse("takes batches (cardinality MANY), which are not played here; take one message at a time")
        trigger = ServiceBusTrigger(
            binding["name"],
            self._connection(binding),
            self._entity(binding),
            sessions=bool(binding.get("isSessionsEnabled", False)),
            auto_complete=binding.get("autoCompleteMessages"),
            body_as_bytes=binding.get("dataType") == "BINARY",
        )
        if trigger.sessions and trigger.entity.sub_queue:
            self.refuse(f"wants sessions of {trigger.entity}, but a dead-letter queue has none")
        return trigger

    def timer_trigger(self, binding: Mapping[str, Any]) -> TimerTrigger:
        return TimerTrigger(
            binding["name"],
            self._resolved(binding, "schedule"),
            run_on_startup=bool(binding.get("runOnStartup", False)),
            use_monitor=bool(binding.get("useMonitor", True)),
        )

    def service_bus_output(self, binding: Mapping[str, Any]) -> ServiceBusOutput:
        # A topic output may name a subscription; messages are sent to the topic all the same.
        name = self._resolved(binding, "queueName" if "queueName" in binding else "topicName")
        return ServiceBusOutput(binding["name"], self._connection(binding), Entity(name))

    def refuse(self, what: str) -> NoReturn:
        message = f"Function {self.function} {what}."
        raise CannotStartError(message)

    def _entity(self, binding: Mapping[str, Any]) -> Entity:
        if "queueName" in binding:
            name, sub_queue = _split_sub_queue(self._resolved(binding, "queueName"))
            return Entity(name, sub_queue=sub_queue)
        subscription, sub_queue = _split_sub_queue(self._resolved(binding, "subscriptionName"))
        return Entity(self._resolved(binding, "topicName"), subscription, sub_queue)

    def _connection(self, binding: Mapping[str, Any]) -> str:
        return self._resolved(binding, "connection") if binding.get("connection") else "AzureWebJobsServiceBus"

    def _resolved(self, binding: Mapping[str, Any], key: str) -> str:
        value = binding.get(key)
        if not value:
            self.refuse(f"has a {binding['type']} binding without {key}")
        return resolve_placeholders(str(value), self.settings, f"The {key} of function {self.function}")


def _split_sub_queue(path: str) -> tuple[str, ServiceBusSubQueue | None]:
    """Takes the dead-letter suffix off an entity's path; Service Bus reads it in any case."""
    # The longer suffix first: it ends with the shorter one.
    for suffix in sorted(_SUB_QUEUES, key=len, reverse=True):
        if path.lower().endswith(suffix):
            return path[: -len(suffix)], _SUB_QUEUES[suffix]
    return path, None
