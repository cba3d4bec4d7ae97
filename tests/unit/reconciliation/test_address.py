"""Where tokens and questions may go."""

import pytest

from shared.errors import SettingsError
from shared.monitor.address import MONITOR_ENDPOINTS, monitor_endpoint, namespace_id, scope_of
from tests.unit.test_settings import GOOD, read

NAMESPACE = (
    "/subscriptions/1f3fa6d2-851c-4a91-9087-1a050f3a9c38/resourceGroups/rg-mfa_(1).x"
    "/providers/Microsoft.ServiceBus/namespaces/contoso-mfa"
)


@pytest.mark.parametrize("value", [*MONITOR_ENDPOINTS, "http://127.0.0.1:8085", "http://localhost", "http://[::1]:80"])
def test_a_token_goes_to_resource_manager_or_stays_on_this_machine(value: str) -> None:
    assert monitor_endpoint(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        "http://management.azure.com",
        "https://management.azure.com/",
        "https://management.azure.com.evil.example",
        "https://evil.example",
        "http://127.0.0.1.evil.example",
        "http://a@127.0.0.1:80@evil.example",
        "http://127.0.0.1:80/path",
        "http://127.0.0.1\n",
    ],
)
def test_a_token_goes_nowhere_else(value: str) -> None:
    with pytest.raises(ValueError, match="tokens are sent there"):
        monitor_endpoint(value)


@pytest.mark.parametrize("value", [None, "", NAMESPACE, NAMESPACE.replace("resourceGroups", "resourcegroups")])
def test_a_namespace_is_named_by_its_resource_id_or_not_at_all(value: str | None) -> None:
    assert namespace_id(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "contoso-mfa",
        NAMESPACE[1:],
        f"{NAMESPACE}/",
        f"{NAMESPACE}/queues/phone-changes",
        f"{NAMESPACE}?x=1",
        NAMESPACE.replace("ServiceBus", "EventHub"),
        NAMESPACE.replace("rg-mfa", "rg/../mfa"),
        NAMESPACE.replace("rg-mfa", "rg%2Fmfa"),
    ],
)
def test_what_is_no_namespace_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="must be a namespace's resource id"):
        namespace_id(value)


def test_the_token_is_for_the_clouds_own_resource_manager() -> None:
    assert scope_of("https://management.chinacloudapi.cn") == "https://management.chinacloudapi.cn/.default"
    assert scope_of("http://127.0.0.1:8085") == "https://management.azure.com/.default"


def test_both_are_settings_and_their_faults_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"SERVICE_BUS_RESOURCE_ID": "x", "MONITOR_ENDPOINT": "https://x", "RECONCILE_SCHEDULE": "often"}
    with pytest.raises(SettingsError) as raised:
        read(monkeypatch, {**GOOD, **wrong})
    assert all(name in str(raised.value) for name in wrong)
    told = read(monkeypatch, {**GOOD, "SERVICE_BUS_RESOURCE_ID": NAMESPACE})
    assert (told.service_bus_resource_id, told.monitor_endpoint) == (NAMESPACE, "https://management.azure.com")
