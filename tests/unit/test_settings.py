"""Settings: read once, checked together, secrets hidden."""

import base64
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient
from azure.servicebus import parse_connection_string
from azure.storage.blob import BlobServiceClient
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import SettingsError
from shared.settings import Settings, read_settings

ROOT = Path(__file__).parent.parent.parent
KEY = base64.b64encode(bytes(range(32))).decode()
BUS = "Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true"
STORAGE = "DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net"
GOOD = {
    "ServiceBusConnection": BUS,
    "StateStorage": STORAGE,
    "MAIL_SENDER": "a@b.c",
    "NUMBER_HMAC_KEY": KEY,
    "UNDO_KEY_FILE": "undo.key",
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
        "StateStorage__blobServiceUri",
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
        "https://user@graph.microsoft.com/v1.0",
        "https://graph.microsoft.com:8443/v1.0",
        "https://graph.microsoft.com",
        "https://graph.microsoft.com/beta",
        "https://graph.microsoft.com/v1.0/",
        "https://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com/v1.0?a=b",
        "http://10.0.0.1/v1.0",
        "http://localhost",
        "http://localhost:8082/v1.0/",
        "http://user@localhost/v1.0",
        "http://[::1/v1.0",
        "http://localhost:port/v1.0",
        "https://graph.microsoft.com/v1.0\n",
    ],
)
def test_tokens_are_sent_to_microsofts_clouds_only(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    with pytest.raises(SettingsError, match="GRAPH_ENDPOINT"):
        read(monkeypatch, {**GOOD, "GRAPH_ENDPOINT": endpoint})


def test_one_pass_through_the_steps_must_fit_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="READ_BACK_SECONDS"):
        read(monkeypatch, {**GOOD, "PROCESS_BUDGET_SECONDS": "100"})


SECRET = "c2VjcmV0LXZhbHVl"
WRONG = {
    "REQUEST_QUEUE": ["", " ", "-a", "a-", "a b", "a/", "a//b", "a" * 261, "q/$deadletterqueue", "ü"],
    "EVENT_TOPIC": ["", "phone-changes", "PHONE-CHANGES-PARKED", "sweep-pages", ".a"],
    "PARKED_QUEUE": ["a-", "Phone-Changes"],
    "APPROVAL_QUEUE": ["", "phone-changes-parked", "Phone-Changes"],
    "SWEEP_QUEUE": ["", "phone-changes-parked", "Phone-Approvals"],
    "EXCEPTION_SCHEDULE": ["daily"],
    "SWEEP_SCHEDULE": ["nightly"],
    "SWEEP_RESUME_SCHEDULE": ["* * * * *"],
    "SWEEP_REPORT_CALLS_PER_10_S": ["0", "123", "1.5"],
    "SWEEP_READS_PER_10_S": ["19", "100001"],
    "SWEEP_CONCURRENCY": ["0", "17"],
    "SWEEP_REPORT_CONTAINER": ["", "ab", "a" * 64, "Reports", "a--b", "-ab", "abc-", "a_b", "a/b", "abc\n", "$root"],
    "SWEEP_WORK_CONTAINER": ["a.b", "sweep-reports"],
    # Wrong here because the good settings name a file as well.
    "UNDO_KEY_ID": [
        "contoso",
        "http://contoso.vault.azure.net/keys/a",
        "https://contoso.vault.azure.net/secrets/a",
        "https://contoso.vault.azure.net.evil.example/keys/a",
        "https://contoso.vault.azure.net/keys/a/1",
    ],
    "NOTIFICATION_SUBSCRIPTION": ["", "a/b", "a" * 51, "a."],
    "OUTBOX_SCHEDULE": [
        "",
        "* * * * *",
        "0 * * * * * *",
        "61 * * * * *",
        "0 * * * * 7",
        "0 a * * * *",
        "00:01:00",
        "0 */0 * * * *",
        "0 1-99 * * * *",
        "0 * * 0 * *",
        "0 ? * * * *",
        "0 MON * * * *",
        "0 *,, * * * *",
    ],
    "ServiceBusConnection": [
        SECRET,
        "Endpoint=sb://;SharedAccessKeyName=a;SharedAccessKey=" + SECRET,
        f"Endpoint=https://a.b;SharedAccessKeyName=a;SharedAccessKey={SECRET}",
        f"SharedAccessKey={SECRET}",
        f"Endpoint=sb://a.b;SharedAccessKey={SECRET}",
        "Endpoint=sb://a.b;UseDevelopmentEmulator=true",
        f"Endpoint=sb://a.b;SharedAccessKeyName=;SharedAccessKey={SECRET}",
        f"Endpoint=sb://[a;{SECRET}=1",
        f"Endpoint=sb://a.b;SharedAccessKeyName=a;SharedAccessKey={SECRET};SharedAccessSignature=b",
    ],
    "ServiceBusConnection__fullyQualifiedNamespace": [
        "contoso",
        "sb://contoso.servicebus.windows.net",
        "a.b/c",
        "a..b",
        "contoso.servicebus.windows.net:5671",
        "contoso_.example",
        " contoso.example",
    ],
    "StateStorage": [
        SECRET,
        f"AccountKey={SECRET}",
        f"AccountName=a;AccountKey={SECRET}#",
        "AccountName=a",
        f"TableEndpoint=http://a.b;AccountName=a;AccountKey={SECRET}",
        f"TableEndpoint=https://a.b;BlobEndpoint=http://a.b;AccountName=a;AccountKey={SECRET}",
        # Blobs would go to another account than tables: to the cloud's, from this machine.
        f"TableEndpoint=http://127.0.0.1:10002/a;AccountName=a;AccountKey={SECRET}",
        f"BlobEndpoint=http://127.0.0.1:10000/a;AccountName=a;AccountKey={SECRET}",
        f"TableEndpoint=https://contoso.table.core.windows.net;SharedAccessSignature={SECRET}",
        f"SharedAccessSignature={SECRET}",
        "UseDevelopmentStorage=false",
        # One of the two SDKs reads it in this case only.
        "usedevelopmentstorage=TRUE",
    ],
    "StateStorage__tableServiceUri": [
        "contoso",
        "http://contoso.table.core.windows.net",
        "https://",
        "https://a",
        "https://u:p@contoso.example",
        "https://contoso.example?sig=x",
        "ftp://localhost",
        "https://a.b:x",
    ],
    "StateStorage__blobServiceUri": ["contoso", "http://contoso.blob.core.windows.net", "https://u:p@contoso.example"],
    "MAIL_SENDER": ["", "mfa", "mfa@", "@contoso.example", "mfa@contoso", "a b@contoso.example", "a@b@c.d", "a@b.c\n"],
    "NUMBER_HMAC_KEY": [
        "",
        SECRET,
        "ü" * 44,
        base64.b64encode(bytes(32)).decode(),
        base64.b64encode(b"k" * 64).decode(),
        "Put 32 random bytes in base64 here",
    ],
    "NUMBER_HMAC_PREVIOUS_KEYS": [SECRET, f"{KEY},{SECRET}", base64.b64encode(bytes(32)).decode()],
    **{
        name: ["inf", "-inf", "nan", "-1", "1e308", "x"]
        for name in ("GRAPH_TIMEOUT_SECONDS", "IN_PLACE_WAIT_SECONDS", "PROCESS_BUDGET_SECONDS", "READ_BACK_SECONDS")
    },
    "LEDGER_RETENTION_DAYS": ["0", "3651", "inf", "nan", "1.5"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_setting_that_cannot_be_meant_is_refused_in_one_line_that_does_not_repeat_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Field failure: an endless time-out, or a namespace with sb:// in front, was only found out by a hanging app."""
    with pytest.raises(SettingsError) as fault:
        read(monkeypatch, {**GOOD, "ServiceBusConnection": "" if "__fully" in name else BUS, name: value})
    head, *lines = str(fault.value).splitlines()
    assert any(line.startswith(f"  {name}: ") for line in lines)
    assert head.startswith(f"The app has {len(lines)} faulty setting")
    assert SECRET not in str(fault.value)


RIGHT = {
    "REQUEST_QUEUE": ["a", "hr/phone_changes.v1"],
    "NOTIFICATION_SUBSCRIPTION": ["a", "a" * 50],
    "OUTBOX_SCHEDULE": ["*/10 * * * * *", "0 0,30 8-18 * JAN-MAR mon-fri", "0 30 3 1,15 */2 *"],
    "ServiceBusConnection": [
        BUS,
        "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=b=",
        "Endpoint=sb://127.0.0.1:5672;SharedAccessSignature=SharedAccessSignature sr=a&sig=b&se=1&skn=c;",
    ],
    "ServiceBusConnection__fullyQualifiedNamespace": ["contoso.servicebus.windows.net", ""],
    "StateStorage": [
        STORAGE,
        "UseDevelopmentStorage=true",
        "TableEndpoint=https://a.table.core.windows.net/;BlobEndpoint=https://a.blob.core.windows.net;SharedAccessSignature=b",
        "AccountName=contoso;SharedAccessSignature=sv=1&sig=2",
        "AccountName=a;AccountKey=c2VjcmV0;TableEndpoint=http://127.0.0.1:10002/a;BlobEndpoint=http://127.0.0.1:10000/a;",
    ],
    "StateStorage__tableServiceUri": ["https://contoso.table.core.windows.net/", "http://127.0.0.1:10002/a", ""],
    "StateStorage__blobServiceUri": ["https://contoso.blob.core.windows.net/", ""],
    "SWEEP_REPORT_CONTAINER": ["abc", "a" * 63, "0-1"],
    "GRAPH_ENDPOINT": ["https://graph.microsoft.us/v1.0", "http://127.0.0.1:8082/v1.0", "http://[::1]:8082/v1.0"],
    "MAIL_SENDER": ["mfa-notifications@contoso.example", "a.o'b+c@sub.contoso.com"],
    "NUMBER_HMAC_PREVIOUS_KEYS": ["", KEY, f"{KEY},{KEY}"],
    "PROCESS_BUDGET_SECONDS": ["270"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in RIGHT.items() for value in values])
def test_what_the_services_take_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    read(monkeypatch, {**GOOD, name: value})


def test_the_sample_needs_a_key_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = json.loads((ROOT / "local.settings.sample.json").read_text(encoding="utf-8"))["Values"]
    with pytest.raises(SettingsError, match=r"1 faulty setting:\n  NUMBER_HMAC_KEY: "):
        read(monkeypatch, sample)
    read(monkeypatch, {**sample, "NUMBER_HMAC_KEY": KEY})


def test_faults_of_every_kind_are_told_at_once_and_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as fault:
        read(monkeypatch, {name: values[0] for name, values in WRONG.items() if "__" not in name})
    told = [line.strip().partition(":")[0] for line in str(fault.value).splitlines()[1:]]
    assert sorted(told) == sorted(name for name in WRONG if "__" not in name)


@given(st.sampled_from(sorted(WRONG)), st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"])))
def test_no_value_makes_the_reader_stumble(name: str, value: str) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch, contextlib.suppress(SettingsError):
        read(monkeypatch, {**GOOD, name: value})


@pytest.mark.parametrize("text", [text for text in RIGHT["ServiceBusConnection"] if "://a." in text or text == BUS])
def test_a_connection_string_that_is_taken_is_one_that_the_sdk_takes(text: str) -> None:
    assert parse_connection_string(text).fully_qualified_namespace


@pytest.mark.parametrize("text", RIGHT["StateStorage"])
def test_a_storage_that_is_taken_is_one_account_to_both_sdks(text: str) -> None:
    tables = TableServiceClient.from_connection_string(text)
    blobs = BlobServiceClient.from_connection_string(text)
    assert tables.account_name == blobs.account_name
    assert ("127.0.0.1" in tables.url) is ("127.0.0.1" in blobs.url)


def test_an_identity_needs_no_connection_string(monkeypatch: pytest.MonkeyPatch) -> None:
    identity = {
        "ServiceBusConnection__fullyQualifiedNamespace": "contoso.servicebus.windows.net",
        "ServiceBusConnection__clientId": "11111111-2222-3333-4444-555555555555",
        "StateStorage__tableServiceUri": "https://contoso.table.core.windows.net",
        "StateStorage__blobServiceUri": "https://contoso.blob.core.windows.net",
    }
    vault = {"UNDO_KEY_ID": "https://contoso.vault.azure.net/keys/mfaphone-undo", "UNDO_KEY_CLIENT_ID": "1111"}
    settings = read(monkeypatch, {**identity, **vault, "MAIL_SENDER": "a@b.c", "NUMBER_HMAC_KEY": KEY})
    assert settings.service_bus_namespace == "contoso.servicebus.windows.net"
    assert settings.number_keys == (bytes(range(32)),)


KEY_ID = "https://contoso.vault.azure.net/keys/mfaphone-undo/0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("key", [{}, {"UNDO_KEY_ID": KEY_ID, "UNDO_KEY_FILE": "undo.key"}])
def test_the_key_to_the_previous_numbers_is_in_one_place(monkeypatch: pytest.MonkeyPatch, key: dict[str, str]) -> None:
    others = {name: value for name, value in GOOD.items() if name != "UNDO_KEY_FILE"}
    with pytest.raises(SettingsError, match="UNDO_KEY_FILE: must be set where UNDO_KEY_ID is not, and only there"):
        read(monkeypatch, {**others, **key})


@pytest.mark.parametrize("key_id", [KEY_ID, KEY_ID.rpartition("/")[0], "https://hsm1.managedhsm.azure.net/keys/a"])
def test_a_key_of_the_vault_is_named_with_or_without_its_version(monkeypatch: pytest.MonkeyPatch, key_id: str) -> None:
    others = {name: value for name, value in GOOD.items() if name != "UNDO_KEY_FILE"}
    assert read(monkeypatch, {**others, "UNDO_KEY_ID": key_id}).undo_key_id == key_id


def test_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = repr(read(monkeypatch, GOOD))
    assert "c2VjcmV0" not in shown
    assert KEY not in shown


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
