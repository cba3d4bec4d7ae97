"""Messages as receivers get them: as they were sent, with what the broker adds."""

from dataclasses import replace
from datetime import timedelta

from local.servicebus.amqp.message import Header, Map, encode_message
from local.servicebus.amqp.performatives import LARGEST_UINT
from local.servicebus.amqp.times import to_timestamp
from local.servicebus.amqp.types import Int, Symbol
from local.servicebus.entities.message import BrokeredMessage

_ENQUEUED_TIME = Symbol("x-opt-enqueued-time")
_SEQUENCE_NUMBER = Symbol("x-opt-sequence-number")
_ENQUEUE_SEQUENCE_NUMBER = Symbol("x-opt-enqueue-sequence-number")
_DEAD_LETTER_SOURCE = Symbol("x-opt-deadletter-source")
_LOCKED_UNTIL = Symbol("x-opt-locked-until")
_LOCK_TOKEN = Symbol("x-opt-lock-token")
_STATE = Symbol("x-opt-message-state")


def encode_delivery(message: BrokeredMessage) -> bytes:
    """Writes a message for a receiver, with its lock if it has one."""
    lock = message.lock
    if lock is None:
        return encode_peeked(message)
    return _encode(message, {_LOCK_TOKEN: lock.token}, {_LOCKED_UNTIL: to_timestamp(lock.term.until)})


def encode_peeked(message: BrokeredMessage) -> bytes:
    """Writes a message for somebody who only looks: another receiver's lock is none of their business."""
    return _encode(message, {}, {})


def _encode(message: BrokeredMessage, token: Map, until: Map) -> bytes:
    transit = message.transit
    reasons: Map = {name: reason for name, reason in transit.reasons.items()}  # noqa: C416 - for the map's type
    return encode_message(transit.content, _header(message), token, {**_annotations(message), **until}, reasons)


def _header(message: BrokeredMessage) -> Header:
    header = replace(message.transit.content.header, delivery_count=message.delivery_count)
    if message.expires_at is not None:
        span = (message.expires_at - message.enqueued_at) // timedelta(milliseconds=1)
        header.ttl = span if span <= LARGEST_UINT else header.ttl
    return header


def _annotations(message: BrokeredMessage) -> Map:
    added: Map = {
        _ENQUEUED_TIME: to_timestamp(message.enqueued_at),
        _SEQUENCE_NUMBER: message.sequence_number,
        _STATE: Int(message.state),
        _ENQUEUE_SEQUENCE_NUMBER: message.transit.enqueued_sequence_number,
        _DEAD_LETTER_SOURCE: message.transit.dead_letter_source,
    }
    return {name: value for name, value in added.items() if value is not None}
