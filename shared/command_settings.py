"""What people's commands are told as well as the app: connections, the names of queues and topic, the policy file."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared import settings_checks as checks
from shared.errors import SettingsError
from shared.told_faults import Place, faults_of

# Stands for a connection string whose own fault is told already.
_FAULTY = SecretStr("faulty")

Entity = Annotated[str, AfterValidator(checks.entity_name)]
Container = Annotated[str, AfterValidator(checks.container_name)]


class CommandSettings(BaseSettings):
    """The settings of a person's command: none of the app's secrets is among them.

    Connections follow the Functions convention: one setting with a connection string (locally), or the same name with
    `__fullyQualifiedNamespace`, or `__tableServiceUri` and `__blobServiceUri`, and, for a user-assigned identity,
    `__clientId` (in Azure).
    """

    model_config = SettingsConfigDict(frozen=True, case_sensitive=False, extra="ignore", hide_input_in_errors=True)

    request_queue: Entity = Field("phone-changes", description="Session queue that change requests arrive on.")
    parked_queue: Entity = Field(
        "phone-changes-parked", validate_default=True, description="Queue that keeps messages for a person."
    )
    approval_queue: Entity = Field(
        "phone-approvals",
        validate_default=True,
        description="Queue that approvals of held requests arrive on; no producer may send there.",
    )
    sweep_queue: Entity = Field(
        "sweep-pages",
        validate_default=True,
        description="Session queue of the sweep's own steps; nobody but the app and its operators may send there.",
    )
    event_topic: Entity = Field(
        "phone-events", validate_default=True, description="Topic that completion events go to."
    )
    service_bus_connection: Annotated[SecretStr | None, AfterValidator(checks.bus_connection_string)] = Field(
        None, alias="ServiceBusConnection", description="Connection string of Service Bus; locally only."
    )
    service_bus_namespace: Annotated[str | None, AfterValidator(checks.host_name)] = Field(
        None,
        alias="ServiceBusConnection__fullyQualifiedNamespace",
        validate_default=True,
        description="Namespace, such as contoso.servicebus.windows.net, used with the identity.",
    )
    service_bus_client_id: str | None = Field(
        None, alias="ServiceBusConnection__clientId", description="Client id of the user-assigned identity."
    )
    state_storage: Annotated[SecretStr | None, AfterValidator(checks.storage_connection_string)] = Field(
        None, alias="StateStorage", description="Connection string of the state storage account; locally only."
    )
    state_storage_tables: Annotated[str | None, AfterValidator(checks.table_endpoint)] = Field(
        None,
        alias="StateStorage__tableServiceUri",
        validate_default=True,
        description="Table endpoint of the state storage account, used with the identity.",
    )
    state_storage_blobs: Annotated[str | None, AfterValidator(checks.blob_endpoint)] = Field(
        None,
        alias="StateStorage__blobServiceUri",
        validate_default=True,
        description="Blob endpoint of the same account, used with the identity.",
    )
    state_storage_client_id: str | None = Field(
        None, alias="StateStorage__clientId", description="Client id of the user-assigned identity."
    )
    sweep_report_container: Container = Field(
        "sweep-reports", description="Blob container that the sweep's reports are kept in, a folder per run."
    )
    sweep_work_container: Container = Field(
        "sweep-work",
        validate_default=True,
        description="Blob container of what a run of the sweep has read so far; the next run empties it.",
    )

    policy_path: Path = Field(Path("policy.json"), description="The policy file.")
    event_source: str = Field("/mfa-phone-change", min_length=1, description="`source` of the CloudEvents.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leaves the environment as the only source: no .env file that happens to lie about is read."""
        del settings_cls, dotenv_settings, file_secret_settings
        return (init_settings, env_settings)

    # On single fields, not on the model, so that these faults are told together with all others.
    @field_validator("parked_queue", "approval_queue", "sweep_queue", "event_topic")
    @classmethod
    def _is_another_entity(cls, value: str, info: ValidationInfo) -> str:
        names = ("request_queue", "parked_queue", "approval_queue", "sweep_queue")
        others = {info.data.get(name, "").casefold(): name for name in names if name != info.field_name}
        if name := others.get(value.casefold()):
            message = f"must not be the same as {name.upper()}"
            raise ValueError(message)
        return value

    @field_validator("service_bus_namespace")
    @classmethod
    def _bus_is_named(cls, value: str | None, info: ValidationInfo) -> str | None:
        return _one_of("ServiceBusConnection", value, info.data.get("service_bus_connection", _FAULTY))

    @field_validator("sweep_work_container")
    @classmethod
    def _is_another_container(cls, value: str, info: ValidationInfo) -> str:
        if value == info.data.get("sweep_report_container"):
            message = "must not be the same as SWEEP_REPORT_CONTAINER: the next run would delete the reports"
            raise ValueError(message)
        return value

    @field_validator("state_storage_tables", "state_storage_blobs")
    @classmethod
    def _storage_is_named(cls, value: str | None, info: ValidationInfo) -> str | None:
        return _one_of("StateStorage", value, info.data.get("state_storage", _FAULTY))


def read_as[T: CommandSettings](kind: type[T]) -> T:
    """Reads settings from the environment. Raises SettingsError listing every fault."""
    try:
        return kind()
    except ValidationError as fault:
        raise SettingsError(_listed(fault, kind)) from fault


def _one_of(name: str, value: str | None, connection_string: SecretStr | None) -> str | None:
    if not value and not connection_string:
        message = f"is not set, and neither is {name} with a connection string"
        raise ValueError(message)
    return value


def _listed(fault: ValidationError, kind: type[CommandSettings]) -> str:
    lines = [f"  {_name(place, kind)}{words}" for place, words in faults_of(fault)]
    return "\n".join([f"The app has {len(lines)} faulty setting{'s' * (len(lines) > 1)}:", *lines])


def _name(location: Place, kind: type[CommandSettings]) -> str:
    """Gives a setting's name as it is written among the app settings; pydantic tells the field's or the alias."""
    if not location:
        return ""
    aliases = {field: told.alias for field, told in kind.model_fields.items() if told.alias}
    place = str(location[0])
    name = aliases.get(place) or (place if place in aliases.values() else place.upper())
    return f"{name}: "
