"""The app's settings, read once from the environment; every fault is reported together."""

import base64
import binascii
from functools import cached_property
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared.errors import SettingsError

# Microsoft's national clouds: https://learn.microsoft.com/graph/deployments
GRAPH_HOSTS = (
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HMAC_KEY_BYTES = 32


def _graph_endpoint(value: str) -> str:
    parts = urlsplit(value.rstrip("/"))
    known = parts.scheme == "https" and parts.hostname in GRAPH_HOSTS
    if not known and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        message = f"must be https:// and one of {', '.join(GRAPH_HOSTS)}: tokens are sent there"
        raise ValueError(message)
    return value.rstrip("/")


def _hmac_key(value: SecretStr) -> SecretStr:
    try:
        key = base64.b64decode(value.get_secret_value(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) < _HMAC_KEY_BYTES:
        message = f"must be at least {_HMAC_KEY_BYTES} random bytes in base64"
        raise ValueError(message)
    return value


class Settings(BaseSettings):
    """All settings by their app setting's name. Connections follow the Functions convention.

    A connection is either one setting with a connection string (locally), or the same name with
    `__fullyQualifiedNamespace` / `__tableServiceUri` and, for a user-assigned identity, `__clientId` (in Azure).
    """

    model_config = SettingsConfigDict(frozen=True, case_sensitive=False, extra="ignore", hide_input_in_errors=True)

    request_queue: str = Field("phone-changes", description="Session queue that change requests arrive on.")
    parked_queue: str = Field("phone-changes-parked", description="Queue that keeps messages for a person.")
    event_topic: str = Field("phone-events", description="Topic that completion events go to.")
    notification_subscription: str = Field("notifications", description="Subscription that notify_user listens on.")
    outbox_schedule: str = Field("0 * * * * *", description="NCRONTAB, when the outbox is emptied.")
    purge_schedule: str = Field("0 30 3 * * *", description="NCRONTAB, when rows past their retention are deleted.")

    service_bus_connection: SecretStr | None = Field(
        None, alias="ServiceBusConnection", description="Connection string of Service Bus; locally only."
    )
    service_bus_namespace: str | None = Field(
        None,
        alias="ServiceBusConnection__fullyQualifiedNamespace",
        validate_default=True,
        description="Namespace, such as contoso.servicebus.windows.net, used with the identity.",
    )
    service_bus_client_id: str | None = Field(
        None, alias="ServiceBusConnection__clientId", description="Client id of the user-assigned identity."
    )
    state_storage: SecretStr | None = Field(
        None, alias="StateStorage", description="Connection string of the state storage account; locally only."
    )
    state_storage_tables: str | None = Field(
        None,
        alias="StateStorage__tableServiceUri",
        validate_default=True,
        description="Table endpoint of the state storage account, used with the identity.",
    )
    state_storage_client_id: str | None = Field(
        None, alias="StateStorage__clientId", description="Client id of the user-assigned identity."
    )

    graph_endpoint: Annotated[str, AfterValidator(_graph_endpoint)] = Field(
        "https://graph.microsoft.com/v1.0", description="Root of Microsoft Graph v1.0 in the tenant's cloud."
    )
    graph_client_id: str | None = Field(
        None, description="Client id of the user-assigned identity that may change phones."
    )
    graph_timeout_seconds: float = Field(20, gt=0, le=60, description="Longest wait for one answer of Graph.")
    graph_concurrency: int = Field(4, ge=1, le=64, description="Most Graph calls at once in one instance.")

    policy_path: Path = Field(Path("policy.json"), description="The policy file.")
    event_source: str = Field("/mfa-phone-change", min_length=1, description="`source` of the CloudEvents.")
    mail_sender: str = Field(description="Mailbox that notifications are sent from, as user principal name.")
    number_hmac_key: Annotated[SecretStr, AfterValidator(_hmac_key)] = Field(
        description="At least 32 random bytes in base64; keys the hashes of numbers. In Azure a Key Vault reference."
    )
    in_place_wait_seconds: float = Field(5, ge=0, description="Longest single wait while a message is held.")
    process_budget_seconds: float = Field(
        240, gt=0, description="All the time one delivery may take; the lock is renewed for longer than that."
    )
    read_back_seconds: float = Field(
        20,
        ge=0,
        validate_default=True,
        description="How long a write may stay invisible before the request is put off.",
    )
    ledger_retention_days: int = Field(
        400, ge=1, description="How long finished requests are kept; also the horizon of idempotency."
    )

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
    @field_validator("service_bus_namespace")
    @classmethod
    def _bus_is_named(cls, value: str | None, info: ValidationInfo) -> str | None:
        return _one_of("ServiceBusConnection", value, info.data.get("service_bus_connection"))

    @field_validator("state_storage_tables")
    @classmethod
    def _storage_is_named(cls, value: str | None, info: ValidationInfo) -> str | None:
        return _one_of("StateStorage", value, info.data.get("state_storage"))

    @field_validator("read_back_seconds")
    @classmethod
    def _one_pass_fits_the_budget(cls, value: float, info: ValidationInfo) -> float:
        longest_pass = 4 * info.data.get("graph_timeout_seconds", 0) + value
        budget = info.data.get("process_budget_seconds", longest_pass + 1)
        if longest_pass >= budget:
            message = f"four times GRAPH_TIMEOUT_SECONDS plus this ({longest_pass:g}) must be less than "
            raise ValueError(message + f"PROCESS_BUDGET_SECONDS ({budget:g})")
        return value

    @cached_property
    def number_key(self) -> bytes:
        """The key of the number hashes."""
        return base64.b64decode(self.number_hmac_key.get_secret_value())


def read_settings() -> Settings:
    """Reads the settings from the environment. Raises SettingsError listing every fault."""
    try:
        return Settings()
    except ValidationError as fault:
        raise SettingsError(_listed(fault)) from fault


def _one_of(name: str, value: str | None, connection_string: SecretStr | None) -> str | None:
    if not value and not connection_string:
        message = f"is not set, and neither is {name} with a connection string"
        raise ValueError(message)
    return value


def _listed(fault: ValidationError) -> str:
    errors = fault.errors(include_url=False, include_context=False, include_input=False)
    lines = [f"  {_name(error['loc'])}{error['msg'].removeprefix('Value error, ')}" for error in errors]
    return "\n".join([f"The app has {len(lines)} faulty setting{'s' * (len(lines) > 1)}:", *lines])


def _name(location: tuple[int | str, ...]) -> str:
    """Gives a setting's name as it is written among the app settings."""
    if not location:
        return ""
    field = Settings.model_fields.get(str(location[0]))
    alias = field.alias if field else None
    return f"{alias or str(location[0]).upper()}: "
