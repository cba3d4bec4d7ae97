"""The app settings of the deployment and `Settings` are the same, in both directions."""

import json
import re
from pathlib import Path

import pytest

from shared.settings import Settings
from tests.infra.bicep_text import BICEP, code_of, object_of

ROOT = BICEP.parent
APP = code_of(BICEP / "modules" / "function-app.bicep")
TYPES = code_of(BICEP / "types.bicep")
MAIN = code_of(BICEP / "main.bicep")
NAMES = json.loads((BICEP / "names.json").read_text(encoding="utf-8"))
# A connection string or a key file: there is neither in Azure.
ONLY_ON_A_MACHINE = {"ServiceBusConnection", "StateStorage", "UNDO_KEY_FILE"}
# Read by the Functions host, the worker or OpenTelemetry, not by the app.
OF_THE_PLATFORM = {
    "AzureWebJobsStorage__blobServiceUri",
    "AzureWebJobsStorage__credential",
    "AzureWebJobsStorage__clientId",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY",
    "OTEL_SERVICE_NAME",
    "OTEL_TRACES_SAMPLER",
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS",
    "ServiceBusConnection__credential",
}
ENTITIES = {
    "REQUEST_QUEUE": "requestQueue",
    "PARKED_QUEUE": "parkedQueue",
    "APPROVAL_QUEUE": "approvalQueue",
    "SWEEP_QUEUE": "sweepQueue",
    "EVENT_TOPIC": "eventTopic",
    "NOTIFICATION_SUBSCRIPTION": "notificationSubscription",
}
CLIENT_ID = "00000000-0000-4000-8000-000000000001"
IN_AZURE = {
    "ServiceBusConnection__fullyQualifiedNamespace": f"sbns-mfaphone-x.{NAMES['clouds']['AzureCloud']['serviceBus']}",
    "StateStorage__tableServiceUri": "https://stmfastatex.table.core.windows.net/",
    "StateStorage__blobServiceUri": "https://stmfastatex.blob.core.windows.net/",
    "SERVICE_BUS_RESOURCE_ID": f"/subscriptions/{CLIENT_ID}/resourceGroups/rg-mfaphone-a"
    "/providers/Microsoft.ServiceBus/namespaces/sbns-mfaphone-x",
    "MONITOR_ENDPOINT": "https://management.azure.com",
    "MAIL_SENDER": "mfa@contoso.example",
    "NUMBER_HMAC_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "UNDO_KEY_ID": f"https://kv-mfa-x.vault.azure.net/keys/{NAMES['keyVault']['undoKey']}",
    "SEQUENCE_EPOCH": "0",
    **{f"{name}_CLIENT_ID": CLIENT_ID for name in ("GRAPH", "SWEEP", "RECONCILE", "UNDO_KEY")},
    **{f"{name}__clientId": CLIENT_ID for name in ("ServiceBusConnection", "StateStorage")},
}


def known() -> dict[str, str]:
    return {field.alias or name.upper(): name for name, field in Settings.model_fields.items()}


def always() -> set[str]:
    return {*object_of(APP, "productSettings"), *object_of(TYPES, "schedulesType", "type")}


def optional() -> set[str]:
    code = APP[APP.index("var previousKeySettings") :]
    return {
        *object_of(TYPES, "tuningType", "type"),
        *re.findall(r"^ +(NUMBER_HMAC_PREVIOUS_KEYS):", code, re.MULTILINE),
    }


def test_every_setting_of_the_app_can_be_set_in_azure_and_no_other_one_is() -> None:
    assert always() | optional() == set(known()) - ONLY_ON_A_MACHINE
    assert always() & optional() == set()


def test_what_else_is_set_is_the_platforms() -> None:
    assert set(object_of(APP, "platformSettings")) == OF_THE_PLATFORM


def test_what_has_no_default_is_always_set() -> None:
    required = {name for name, field in known().items() if Settings.model_fields[field].is_required()}
    assert required <= always()


def test_every_name_that_a_trigger_binds_to_is_set_also_where_it_is_the_default() -> None:
    """The host resolves it, and knows no default."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "functions").glob("*.py")]
    bound = {name for text in texts for name in re.findall(r"%([A-Z_]+)%", text)}
    assert bound
    assert bound <= always()


@pytest.mark.parametrize("setting", sorted(ENTITIES))
def test_entities_have_the_names_that_the_app_has_for_them(setting: str) -> None:
    assert object_of(APP, "productSettings")[setting] == f"entities.{ENTITIES[setting]}"
    assert NAMES["entities"][ENTITIES[setting]] == Settings.model_fields[setting.lower()].default


def test_what_the_template_states_and_the_app_has_a_default_for_is_that_default() -> None:
    for setting, value in object_of(MAIN, "schedules", "param").items():
        assert value == f"'{Settings.model_fields[setting.lower()].default}'", setting
    assert NAMES["storage"]["reportContainer"] == Settings.model_fields["sweep_report_container"].default
    assert NAMES["storage"]["workContainer"] == Settings.model_fields["sweep_work_container"].default
    assert NAMES["clouds"]["AzureCloud"]["graph"] == Settings.model_fields["graph_endpoint"].default
    assert re.search(r"^param sequenceEpoch int = (\d+)$", MAIN, re.MULTILINE)[1] == str(  # type: ignore[index]
        Settings.model_fields["sequence_epoch"].default
    )


@pytest.mark.parametrize("cloud", sorted(NAMES["clouds"]))
def test_the_app_takes_what_the_template_gives_it_in_every_cloud(cloud: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {**IN_AZURE, "GRAPH_ENDPOINT": NAMES["clouds"][cloud]["graph"]}
    given |= {name: NAMES["entities"][entity] for name, entity in ENTITIES.items()}
    given |= {name: value.strip("'") for name, value in object_of(MAIN, "schedules", "param").items()}
    given |= {
        "SWEEP_REPORT_CONTAINER": NAMES["storage"]["reportContainer"],
        "SWEEP_WORK_CONTAINER": NAMES["storage"]["workContainer"],
    }
    assert set(given) == always()
    for name in known():
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert Settings().request_queue == NAMES["entities"]["requestQueue"]


def test_tuning_takes_numbers_where_the_app_takes_numbers() -> None:
    for name, told in object_of(TYPES, "tuningType", "type").items():
        annotation = Settings.model_fields[name.lower()].annotation
        is_text = annotation is str or annotation is Path
        assert told == ("string?" if is_text else "int?"), name


def test_secrets_come_from_the_vault() -> None:
    secret = [name for name, field in known().items() if "SecretStr" in str(Settings.model_fields[field].annotation)]
    in_azure = set(secret) - ONLY_ON_A_MACHINE
    assert in_azure == {"NUMBER_HMAC_KEY", "NUMBER_HMAC_PREVIOUS_KEYS"}
    for name in in_azure:
        assert re.search(rf"^ +{name}: '@Microsoft\.KeyVault\(SecretUri=", APP, re.MULTILINE), name
