"""What happens when a client attaches a link: it gets its node, or is refused."""

from local.servicebus.addresses import Address, NodeKind, parse_address
from local.servicebus.amqp.message import Map
from local.servicebus.amqp.performatives import Attach, Source, Target
from local.servicebus.amqp.types import Symbol, ULong
from local.servicebus.carrier import Carrier
from local.servicebus.cbs import TokenNode
from local.servicebus.clock import Clock
from local.servicebus.entities.errors import NotAllowedError, NotSupportedError, ServiceBusError, UnauthorizedError
from local.servicebus.entities.message import ReceiveMode
from local.servicebus.entities.namespace import Entity, Namespace
from local.servicebus.entities.queue import DeadLetterQueue, Queue
from local.servicebus.entities.settings import MAX_MESSAGE_SIZE
from local.servicebus.entity_links import EntityReceiver, EntitySink
from local.servicebus.incoming_link import IncomingLink, Sink
from local.servicebus.management.node import ManagementNode
from local.servicebus.outgoing_link import OutgoingLink
from local.servicebus.replies import accepting, refuse
from local.servicebus.requests import Answering, AnswerLink, RequestSink
from local.servicebus.session_attaching import SessionAttachment, demands_session

_SETTLED_BY_SENDER = 1
_SENDER_PROPERTIES: Map = {Symbol("com.microsoft:max-message-batch-size"): ULong(MAX_MESSAGE_SIZE)}


class Attacher:
    """Attaches the links of one connection."""

    def __init__(self, namespace: Namespace, clock: Clock) -> None:
        self.authorized = False
        self._namespace = namespace
        self._clock = clock

    def attach(self, session: Carrier, attach: Attach) -> None:
        """Answers an attach, unless that has to wait for a session."""
        try:
            if attach.role:
                self._attach_receiver(session, attach)
            else:
                self._attach_sender(session, attach)
        except ServiceBusError as refusal:
            refuse(session, attach, refusal)

    def authorize(self) -> None:
        """Opens the entities to this connection."""
        self.authorized = True

    # Links on which the client sends

    def _attach_sender(self, session: Carrier, attach: Attach) -> None:
        if not isinstance(attach.target, Target):
            message = "A sender needs the address of an entity; transactions are not supported."
            raise NotSupportedError(message)
        link = IncomingLink(session, attach, self._sink(session, parse_address(attach.target.address)))
        session.add(link)
        answer = accepting(attach)
        answer.max_message_size, answer.properties = MAX_MESSAGE_SIZE, _SENDER_PROPERTIES
        session.send(answer)
        link.give_credit()

    def _sink(self, session: Carrier, address: Address) -> Sink:
        if address.kind is NodeKind.TOKENS:
            return _request_sink(session, address, TokenNode(self.authorize).answer)
        entity = self._entity(address)
        if address.kind is NodeKind.MANAGEMENT:
            node = ManagementNode(entity, self._namespace.subscription(address.path))
            return _request_sink(session, address, node.answer)
        if isinstance(entity, DeadLetterQueue) or self._namespace.subscription(address.path):
            message = f"Nothing can be sent to '{address.path}'."
            raise NotAllowedError(message)
        return EntitySink(entity)

    # Links on which the client receives

    def _attach_receiver(self, session: Carrier, attach: Attach) -> None:
        source = attach.source if isinstance(attach.source, Source) else Source()
        address = parse_address(source.address)
        link = OutgoingLink(session, attach)
        if address.kind is NodeKind.ENTITY:
            self._attach_to_queue(session, attach, source, link)
            return
        if address.kind is NodeKind.MANAGEMENT:
            self._entity(address)
        link.origin = AnswerLink(link, address)
        session.add(link)
        session.send(accepting(attach))

    def _attach_to_queue(self, session: Carrier, attach: Attach, source: Source, link: OutgoingLink) -> None:
        queue = self._receivable(parse_address(source.address))
        settled = attach.snd_settle_mode == _SETTLED_BY_SENDER
        receiver = EntityReceiver(link, queue, ReceiveMode.RECEIVE_AND_DELETE if settled else ReceiveMode.PEEK_LOCK)
        link.origin = receiver
        session.add(link)
        if demands_session(source):
            SessionAttachment(session, attach, receiver, queue.by_session, self._clock).start(source)
        else:
            receiver.seat = queue.join(receiver)
            session.send(accepting(attach))

    def _receivable(self, address: Address) -> Queue:
        entity = self._entity(address)
        if not isinstance(entity, Queue):
            message = f"Nothing can be received from the topic '{address.path}' itself."
            raise NotAllowedError(message)
        if entity.settings.forward_to is not None:
            message = f"'{entity.path}' forwards its messages to '{entity.settings.forward_to}'; receive them there."
            raise NotAllowedError(message)
        return entity

    def _entity(self, address: Address) -> Entity:
        if not self.authorized:
            raise UnauthorizedError
        return self._namespace.entity(address.path)


def _request_sink(session: Carrier, address: Address, answering: Answering) -> RequestSink:
    def answers() -> AnswerLink | None:
        # The other half is the client's link of the same address in the same session; the newest where there are more.
        links = [origin for origin in session.origins() if isinstance(origin, AnswerLink)]
        return next((link for link in reversed(links) if link.address.key == address.key), None)

    return RequestSink(answering, answers)
