"""What clients write for an address, well or badly, is read."""

import pytest

from local.servicebus.addresses import Address, NodeKind, parse_address


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("orders", Address(NodeKind.ENTITY, "orders")),
        ("amqps://host:5672/events/Subscriptions/all", Address(NodeKind.ENTITY, "events/Subscriptions/all")),
        ("amqp://host/orders/$management", Address(NodeKind.MANAGEMENT, "orders")),
        ("ORDERS/$MANAGEMENT", Address(NodeKind.MANAGEMENT, "ORDERS")),
        ("$cbs", Address(NodeKind.TOKENS)),
        ("", Address(NodeKind.ENTITY)),
        (None, Address(NodeKind.ENTITY)),
        (5, Address(NodeKind.ENTITY)),
        ("amqps://[::1/orders", Address(NodeKind.ENTITY, "amqps://[::1/orders")),
    ],
)
def test_an_address_is_read(told: object, address: Address) -> None:
    assert parse_address(told) == address
