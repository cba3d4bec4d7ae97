"""Settings: read once, checked together, secrets hidden."""

import base64
from collections.abc import Mapping

import pytest

from shared.errors import SettingsError
from shared.settings import Settings, read_settings

KEY = base64.b64encode(bytes(range(32))).decode()
BUS = "Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true"
GOOD = {
    "ServiceBusConnection": BUS,
    "StateStorage": "AccountKey=c2VjcmV0",
    "MAIL_SENDER": "a@b.c",
    "NUMBER_HMAC_KEY": KEY,
}


def read(monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> Settings:
    for field, info in Settings.model_fields.items():
        monkeypatch.delenv(info.alias or field.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_all_faults_are_reported_together_under_the_settings_names(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as fault:
        read(monkeypatch, {"GRAPH_CONCURRENCY": "0", "NUMBER_HMAC_KEY": "c2hvcnQ="})
    text = str(fault.value)
    for name in (
        "ServiceBusConnection__fullyQualifiedNamespace",
        "StateStorage__tableServiceUri",
        "GRAPH_CONCURRENCY",
        "MAIL_SENDER",
        "NUMBER_HMAC_KEY",
    ):
        assert f"  {name}: " in text
    assert "c2hvcnQ=" not in text


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://graph.microsoft.com.evil.example/v1.0",
        "http://graph.microsoft.com/v1.0",
        "https://user@evil.example/v1.0",
        "http://10.0.0.1/v1.0",
    ],
)
def test_tokens_are_sent_to_microsofts_clouds_only(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    with pytest.raises(SettingsError, match="GRAPH_ENDPOINT"):
        read(monkeypatch, {**GOOD, "GRAPH_ENDPOINT": endpoint})


def test_one_pass_through_the_steps_must_fit_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="READ_BACK_SECONDS"):
        read(monkeypatch, {**GOOD, "PROCESS_BUDGET_SECONDS": "100"})


def test_an_identity_needs_no_connection_string(monkeypatch: pytest.MonkeyPatch) -> None:
    identity = {
        "ServiceBusConnection__fullyQualifiedNamespace": "contoso.servicebus.windows.net",
        "ServiceBusConnection__clientId": "11111111-2222-3333-4444-555555555555",
        "StateStorage__tableServiceUri": "https://contoso.table.core.windows.net",
    }
    settings = read(monkeypatch, {**identity, "MAIL_SENDER": "a@b.c", "NUMBER_HMAC_KEY": KEY})
    assert settings.service_bus_namespace == "contoso.servicebus.windows.net"
    assert settings.number_key == bytes(range(32))


def test_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = repr(read(monkeypatch, GOOD))
    assert "c2VjcmV0" not in shown
    assert KEY not in shown


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
