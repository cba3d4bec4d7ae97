"""The `$management` node of an entity: every operation by its name."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from local.servicebus.amqp.types import Int, Symbol
from local.servicebus.entities.errors import NotAllowedError, NotSupportedError, ServiceBusError
from local.servicebus.entities.namespace import Entity
from local.servicebus.entities.queue import DeadLetterQueue, Queue
from local.servicebus.entities.topic import Subscription
from local.servicebus.management import browsing, locks, rules, scheduling, session_state, settling
from local.servicebus.management.arguments import Arguments, Reply
from local.servicebus.requests import Answer, Request

if TYPE_CHECKING:
    from local.servicebus.amqp.message import Map

_VENDOR = "com.microsoft:"

_OF_ENTITIES: dict[str, Callable[[Entity, Arguments], Reply]] = {
    "schedule-message": scheduling.schedule,
    "cancel-scheduled-message": scheduling.cancel,
}
_OF_QUEUES: dict[str, Callable[[Queue, Arguments], Reply]] = {
    "peek-message": browsing.peek,
    "get-message-sessions": browsing.message_sessions,
    "renew-lock": locks.renew_messages,
    "renew-session-lock": locks.renew_session,
    "get-session-state": session_state.get,
    "set-session-state": session_state.put,
    "receive-by-sequence-number": settling.receive_by_sequence_number,
    "update-disposition": settling.update_disposition,
}
_OF_SUBSCRIPTIONS: dict[str, Callable[[Subscription, Arguments], Reply]] = {
    "enumerate-rules": rules.list_rules,
    "add-rule": rules.add,
    "remove-rule": rules.remove,
}


class ManagementNode:
    """Answers the requests about one entity."""

    def __init__(self, entity: Entity, subscription: Subscription | None) -> None:
        self._entity = entity
        self._subscription = subscription

    def answer(self, request: Request) -> Answer:
        """Does what is asked, or says why not."""
        try:
            reply = self._done(str(request.properties.get("operation")), Arguments(request))
        except ServiceBusError as refusal:
            told: Map = {"statusCode": Int(refusal.status), "statusDescription": refusal.description}
            return Answer({**told, "errorCondition": Symbol(refusal.condition)}, {})
        return Answer({"statusCode": Int(reply.status), "statusDescription": reply.description}, dict(reply.body))

    def _done(self, name: str, arguments: Arguments) -> Reply:
        operation = name.removeprefix(_VENDOR)
        if operation in _OF_ENTITIES:
            if self._subscription is not None or isinstance(self._entity, DeadLetterQueue):
                message = f"Nothing can be sent to '{self._entity.path}'."
                raise NotAllowedError(message)
            return _OF_ENTITIES[operation](self._entity, arguments)
        if operation in _OF_QUEUES:
            if not isinstance(self._entity, Queue):
                message = f"A topic does not know the operation '{name}'."
                raise NotAllowedError(message)
            return _OF_QUEUES[operation](self._entity, arguments)
        if operation in _OF_SUBSCRIPTIONS:
            if self._subscription is None:
                message = f"Only a subscription knows the operation '{name}'."
                raise NotAllowedError(message)
            return _OF_SUBSCRIPTIONS[operation](self._subscription, arguments)
        message = f"The operation '{name}' is not known."
        raise NotSupportedError(message)
