import json

import pytest
from azure.servicebus import ServiceBusReceivedMessage

from local.host.message_metadata import application_properties, body, trigger_metadata
from tests.unit.host.received import ENQUEUED, LOCK_TOKEN, received

HOST_OBJECTS = {"MessageReceiver", "MessageSession", "MessageActions", "SessionActions", "ReceiveActions", "Client"}


def metadata(message: ServiceBusReceivedMessage) -> dict[str, object]:
    """Reads the metadata of a message as the worker does."""
    found = trigger_metadata(message, "ns.servicebus.windows.net")
    return {key: json.loads(datum.value) if datum.kind == "json" else datum.value for key, datum in found.items()}


def test_a_message_with_everything_carries_exactly_what_the_host_sends() -> None:
    message = received(
        data=[b"{}"],
        header={"delivery_count": 2, "ttl": 60_000},
        properties={
            "message_id": b"request-1",
            "to": b"somebody",
            "subject": b"change",
            "reply_to": b"answers",
            "correlation_id": b"correlation",
            "content_type": b"application/json",
            "group_id": b"user-1",
            "reply_to_group_id": b"user-2",
        },
        application={b"outcome": b"changed", b"count": 3},
        annotations={
            b"x-opt-partition-key": b"user-1",
            b"x-opt-via-partition-key": b"via",
            b"x-opt-deadletter-source": b"other",
        },
    )
    found = metadata(message)
    assert {key: value for key, value in found.items() if key not in HOST_OBJECTS} == {
        "MessageId": "request-1",
        "LockToken": str(LOCK_TOKEN),
        "DeliveryCount": 3,
        "SequenceNumber": 7,
        "EnqueuedTimeUtc": "2026-11-23T09:00:00.12",
        "EnqueuedTime": "2026-11-23T09:00:00.12+00:00",
        "ExpiresAtUtc": "2026-11-23T09:01:00.12",
        "ExpiresAt": "2026-11-23T09:01:00.12+00:00",
        "ContentType": "application/json",
        "CorrelationId": "correlation",
        "ReplyTo": "answers",
        "ReplyToSessionId": "user-2",
        "To": "somebody",
        "Subject": "change",
        "Label": "change",
        "SessionId": "user-1",
        "PartitionKey": "user-1",
        "TransactionPartitionKey": "via",
        "DeadLetterSource": "other",
        "ApplicationProperties": {"outcome": "changed", "count": 3},
        "UserProperties": {"outcome": "changed", "count": 3},
    }
    assert set(found) >= HOST_OBJECTS


def test_what_is_null_in_dotnet_is_absent() -> None:
    found = metadata(received(data=[b""]))
    assert set(found) - HOST_OBJECTS == {
        "LockToken",
        "DeliveryCount",
        "SequenceNumber",
        "EnqueuedTimeUtc",
        "EnqueuedTime",
        "ExpiresAtUtc",
        "ExpiresAt",
        "ApplicationProperties",
        "UserProperties",
    }
    assert found["DeliveryCount"] == 1


def test_a_message_without_time_to_live_expires_at_the_end_of_dotnet_s_time() -> None:
    found = metadata(received(data=[b""]))
    assert found["ExpiresAtUtc"] == "9999-12-31T23:59:59.9999999"


def test_the_reason_of_a_dead_letter_is_in_the_application_properties_only() -> None:
    reason: dict[bytes, object] = {b"DeadLetterReason": b"MaxDeliveryCountExceeded"}
    found = metadata(received(data=[b""], application=reason))
    assert found["ApplicationProperties"] == {"DeadLetterReason": "MaxDeliveryCountExceeded"}
    assert not [key for key in found if key.startswith("DeadLetter")]


def test_texts_are_strings_and_everything_else_is_json() -> None:
    found = trigger_metadata(received(data=[b""], properties={"message_id": b"m"}), "ns")
    assert {key for key, datum in found.items() if datum.kind == "string"} == {"MessageId", "LockToken"}
    assert {datum.kind for datum in found.values()} == {"string", "json"}


def test_in_a_session_the_host_s_own_object_says_how_long_it_is_locked() -> None:
    found = trigger_metadata(received(data=[b""]), "ns", ENQUEUED)
    assert json.loads(str(found["SessionActions"].value)) == {"SessionLockedUntil": "2026-11-23T09:00:00.12+00:00"}


def test_application_properties_have_text_as_text_and_binary_as_base64() -> None:
    properties: dict[bytes, object] = {
        b"text": "Zürich".encode(),
        b"binary": b"\xff\xfe",
        b"id": LOCK_TOKEN,
        b"flag": True,
        b"ratio": 0.5,
        b"moment": ENQUEUED,
        b"none": None,
    }
    assert application_properties(received(data=[b""], application=properties)) == {
        "text": "Zürich",
        "binary": "//4=",
        "id": str(LOCK_TOKEN),
        "flag": True,
        "ratio": 0.5,
        "moment": "2026-11-23T09:00:00.12Z",
        "none": None,
    }


@pytest.mark.parametrize(
    ("message", "as_bytes", "kind", "value"),
    [
        (received(data=[b'{"a":', b' "\xc3\xbc"}']), False, "string", '{"a": "ü"}'),
        (received(data=[b""]), False, "string", ""),
        (received(data=[b"\xff\xfe"]), False, "bytes", b"\xff\xfe"),
        (received(data=[b"text"]), True, "bytes", b"text"),
        (received(value=b"text"), False, "string", "text"),
    ],
)
def test_a_body_is_a_string_when_it_is_text_and_bytes_otherwise(
    message: ServiceBusReceivedMessage, kind: str, value: object, *, as_bytes: bool
) -> None:
    datum = body(message, as_bytes=as_bytes)
    assert (datum.kind, datum.value) == (kind, value)


def test_a_body_that_the_host_cannot_bind_is_refused() -> None:
    with pytest.raises(TypeError, match="A message with a value body cannot be bound"):
        body(received(value={b"key": 1}))


def test_a_value_on_its_way_never_shows_itself_in_a_log() -> None:
    assert repr(body(received(data=[b"secret"]))) == "TypedData(string)"
