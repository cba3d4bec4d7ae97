"""What a function sees of a message: exactly the trigger metadata and the body that the Functions host sends.

The keys and their types are those of ServiceBusTriggerBindingStrategy.cs (Azure/azure-sdk-for-net, version 5 of the
extension), brought into the worker's types as GrpcMessageConversionExtensions.cs (Azure/azure-functions-host) does.
So there is no DeadLetterReason, LockedUntil, TimeToLive or State: in Azure they are never set either.
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.amqp import AmqpMessageBodyType

from local.host.dotnet import NEVER, naive, with_offset
from local.host.protos import TypedData

_ACTIONS = ("MessageReceiver", "MessageSession", "MessageActions", "SessionActions")


def trigger_metadata(
    message: ServiceBusReceivedMessage, namespace: str, session_locked_until: datetime | None = None
) -> dict[str, TypedData]:
    """Builds the trigger metadata of a message; what is null in .NET is absent."""
    texts = {name: TypedData(string=text) for name, text in _texts(message).items() if text is not None}
    properties = _json(application_properties(message))
    return (
        texts
        | _times(message)
        | {
            # The header counts earlier deliveries; .NET adds the present one, the Python SDK does not.
            "DeliveryCount": _json((message.delivery_count or 0) + 1),
            "SequenceNumber": _json(message.sequence_number),
            "ApplicationProperties": properties,
            "UserProperties": properties,
        }
        | _host_objects(namespace, session_locked_until)
    )


def body(message: ServiceBusReceivedMessage, *, as_bytes: bool = False) -> TypedData:
    """Gives the body: text as string, anything else, or everything on demand, as bytes.

    Raises TypeError for a body that is neither data nor a text value, which the host cannot bind either.
    """
    content = _content(message)
    if as_bytes:
        return TypedData(bytes=content)
    try:
        return TypedData(string=content.decode())
    except UnicodeDecodeError:
        return TypedData(bytes=content)


def application_properties(message: ServiceBusReceivedMessage) -> dict[str, object]:
    """Reads the application properties with text as text; the SDK hands out bytes for AMQP's strings and symbols."""
    return {_text(key): _plain(value) for key, value in (message.application_properties or {}).items()}


def _texts(message: ServiceBusReceivedMessage) -> Mapping[str, str | None]:
    annotations = message.raw_amqp_message.annotations or {}
    via_partition_key = annotations.get(b"x-opt-via-partition-key")
    return {
        "MessageId": _optional_text(message.message_id),
        "LockToken": _optional_text(message.lock_token),
        "DeadLetterSource": message.dead_letter_source,
        "ContentType": message.content_type,
        "CorrelationId": message.correlation_id,
        "ReplyTo": message.reply_to,
        "To": message.to,
        "Subject": message.subject,
        "Label": message.subject,
        "SessionId": message.session_id,
        "ReplyToSessionId": message.reply_to_session_id,
        "PartitionKey": message.partition_key,
        "TransactionPartitionKey": _optional_text(via_partition_key),
    }


def _times(message: ServiceBusReceivedMessage) -> dict[str, TypedData]:
    """Gives each time twice, as `DateTime` without an offset and as `DateTimeOffset`; both exist in .NET, always."""
    enqueued, expires = message.enqueued_time_utc, message.expires_at_utc
    times = {
        "ExpiresAtUtc": _json(naive(expires) if expires else NEVER),
        "ExpiresAt": _json(with_offset(expires) if expires else NEVER + "+00:00"),
    }
    if enqueued:
        times |= {"EnqueuedTimeUtc": _json(naive(enqueued)), "EnqueuedTime": _json(with_offset(enqueued))}
    return times


def _host_objects(namespace: str, session_locked_until: datetime | None) -> dict[str, TypedData]:
    """Gives the JSON of the host's own objects. It is of no use to Python, but it is in `msg.metadata` in Azure."""
    actions = _json({"SessionLockedUntil": with_offset(session_locked_until)} if session_locked_until else {})
    client = {"FullyQualifiedNamespace": namespace, "IsClosed": False, "TransportType": 0, "Identifier": namespace}
    return dict.fromkeys(_ACTIONS, actions) | {"ReceiveActions": _json({}), "Client": _json(client)}


def _content(message: ServiceBusReceivedMessage) -> bytes:
    match message.body_type:
        case AmqpMessageBodyType.DATA:
            return b"".join(message.body)
        case AmqpMessageBodyType.VALUE if isinstance(message.body, bytes):
            return message.body
    error = f"A message with a {message.body_type.value} body cannot be bound"
    raise TypeError(error)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, datetime):
        return naive(value) + "Z"
    return str(value) if isinstance(value, UUID) else value


def _optional_text(value: object) -> str | None:
    return None if value is None else _text(value)


def _text(value: object) -> str:
    """Decodes text. Binary that is not text becomes base64, as Newtonsoft.Json writes a byte array."""
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()


def _json(value: object) -> TypedData:
    return TypedData(json=json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str))
