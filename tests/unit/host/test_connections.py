from collections.abc import Mapping

import pytest

from local.host.bindings import Entity
from local.host.connections import Connections, ConnectionString, IdentityConnection, resolve_connection
from local.serving import CannotStartError

KEY = "Endpoint=sb://localhost:5672;SharedAccessKeyName=k;SharedAccessKey=a2V5;UseDevelopmentEmulator=true"


@pytest.mark.parametrize("name", ["Bus", "AzureWebJobsBus"])
def test_the_setting_of_exactly_that_name_wins(name: str) -> None:
    settings = {name: KEY, "Bus__fullyQualifiedNamespace": "x.servicebus.windows.net"}
    assert resolve_connection("Bus", settings) == ConnectionString(KEY)


@pytest.mark.parametrize(
    ("extra", "managed", "client_id"),
    [
        ({}, False, None),
        ({"Bus__credential": "managedidentity"}, True, None),
        ({"Bus__credential": "managedIdentity", "Bus__clientId": "abc"}, True, "abc"),
        ({"Bus__clientId": "abc"}, False, "abc"),
    ],
)
def test_otherwise_an_identity_connects_to_the_namespace(
    extra: Mapping[str, str], client_id: str | None, *, managed: bool
) -> None:
    settings = {"Bus__fullyQualifiedNamespace": "x.servicebus.windows.net", **extra}
    expected = IdentityConnection("x.servicebus.windows.net", managed, client_id)
    assert resolve_connection("Bus", settings) == expected


def test_a_connection_that_is_not_set_is_named() -> None:
    with pytest.raises(CannotStartError, match=r"^The connection Bus is not set: neither Bus nor Bus__fully"):
        resolve_connection("Bus", {"Other": KEY})


def test_an_empty_setting_is_the_classic_trap_and_said_to_be() -> None:
    settings = {"Bus": "", "Bus__fullyQualifiedNamespace": "x.servicebus.windows.net"}
    with pytest.raises(CannotStartError, match=r"^The setting Bus is empty, and it wins over"):
        resolve_connection("Bus", settings)


async def test_one_client_serves_everything_with_the_same_connection() -> None:
    async with Connections({"Bus": KEY, "Other": KEY}) as connections:
        assert connections.client("Bus") is connections.client("Bus")
        assert connections.client("Bus") is not connections.client("Other")


async def test_a_bad_connection_string_is_refused_without_repeating_the_key() -> None:
    async with Connections({"Bus": "Endpoint=nonsense;SharedAccessKeyName=k;SharedAccessKey=secret"}) as connections:
        with pytest.raises(
            CannotStartError, match=r"^The setting Bus is not a Service Bus connection string"
        ) as refusal:
            connections.client("Bus")
    assert "secret" not in str(refusal.value)


async def test_an_identity_makes_a_client_of_its_namespace() -> None:
    settings = {"Bus__fullyQualifiedNamespace": "x.servicebus.windows.net", "Bus__credential": "managedidentity"}
    async with Connections(settings) as connections:
        assert connections.client("Bus").fully_qualified_namespace == "x.servicebus.windows.net"


async def test_a_receiver_of_a_subscription_is_addressed_through_its_topic() -> None:
    async with Connections({"Bus": KEY}) as connections:
        receiver = connections.receiver("Bus", Entity("events", "all"), prefetch=0)
        assert receiver.entity_path == "events/Subscriptions/all"
