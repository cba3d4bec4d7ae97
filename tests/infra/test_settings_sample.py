"""The sample of local settings and `Settings` name the same things, in both directions."""

import json
from pathlib import Path

from shared.settings import Settings

SAMPLE = Path(__file__).parent.parent.parent / "local.settings.sample.json"
# Read by the Functions host, the worker or azure-identity, not by the app.
OF_THE_PLATFORM = {
    "FUNCTIONS_WORKER_RUNTIME",
    "AzureWebJobsStorage",
    "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
}
# Used with an identity, in Azure.
ONLY_IN_AZURE = {
    "ServiceBusConnection__fullyQualifiedNamespace",
    "ServiceBusConnection__clientId",
    "StateStorage__tableServiceUri",
    "StateStorage__blobServiceUri",
    "StateStorage__clientId",
    "GRAPH_CLIENT_ID",
    "SWEEP_CLIENT_ID",
    "UNDO_KEY_ID",
    "UNDO_KEY_CLIENT_ID",
    "SERVICE_BUS_RESOURCE_ID",
    "RECONCILE_CLIENT_ID",
}


OF_THIS_MACHINE = {"graph_endpoint"}


def test_the_sample_has_every_setting_and_no_other() -> None:
    sample = set(json.loads(SAMPLE.read_text(encoding="utf-8"))["Values"])
    known = {field.alias or name.upper() for name, field in Settings.model_fields.items()}
    assert sample - OF_THE_PLATFORM == known - ONLY_IN_AZURE
    assert known >= ONLY_IN_AZURE


def test_the_samples_values_are_the_defaults_where_there_are_any() -> None:
    values = json.loads(SAMPLE.read_text(encoding="utf-8"))["Values"]
    for name, field in Settings.model_fields.items():
        if (
            name.upper() in values
            and not field.is_required()
            and field.default is not None
            and name not in OF_THIS_MACHINE
        ):
            assert type(field.default)(values[name.upper()]) == field.default
