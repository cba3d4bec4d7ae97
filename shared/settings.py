"""The app's settings, read once from the environment; every fault is reported together."""

import base64
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared import settings_checks as checks
from shared.backoff import LATE_WRITE, VAULT_CALL, longest_pass
from shared.errors import SettingsError
from shared.told_faults import faults_of

# Functions renews a lock for five minutes (host.json); a margin of half a minute is left of them.
_LONGEST_DELIVERY = 270
_TEN_YEARS = 3650
# Stands for a connection string whose own fault is told already.
_FAULTY = SecretStr("faulty")

Seconds = Annotated[float, Field(allow_inf_nan=False)]
Entity = Annotated[str, AfterValidator(checks.entity_name)]
Schedule = Annotated[str, AfterValidator(checks.ncrontab)]


class Settings(BaseSettings):
    """All settings by their app setting's name. Connections follow the Functions convention.

    A connection is either one setting with a connection string (locally), or the same name with
    `__fullyQualifiedNamespace` / `__tableServiceUri` and, for a user-assigned identity, `__clientId` (in Azure).
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
    event_topic: Entity = Field(
        "phone-events", validate_default=True, description="Topic that completion events go to."
    )
    notification_subscription: Annotated[str, AfterValidator(checks.subscription_name)] = Field(
        "notifications", description="Subscription that notify_user listens on."
    )
    outbox_schedule: Schedule = Field("0 * * * * *", description="NCRONTAB, when the outbox is emptied.")
    purge_schedule: Schedule = Field(
        "0 30 3 * * *", description="NCRONTAB, when rows past their retention are deleted."
    )

    exception_schedule: Schedule = Field(
        "0 0 6 * * *", description="NCRONTAB, when policy's exceptions that are about to expire are reported."
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
    state_storage: Annotated[SecretStr | None, AfterValidator(checks.table_connection_string)] = Field(
        None, alias="StateStorage", description="Connection string of the state storage account; locally only."
    )
    state_storage_tables: Annotated[str | None, AfterValidator(checks.table_endpoint)] = Field(
        None,
        alias="StateStorage__tableServiceUri",
        validate_default=True,
        description="Table endpoint of the state storage account, used with the identity.",
    )
    state_storage_client_id: str | None = Field(
        None, alias="StateStorage__clientId", description="Client id of the user-assigned identity."
    )

    graph_endpoint: Annotated[str, AfterValidator(checks.graph_endpoint)] = Field(
        "https://graph.microsoft.com/v1.0", description="Root of Microsoft Graph v1.0 in the tenant's cloud."
    )
    graph_client_id: str | None = Field(
        None, description="Client id of the user-assigned identity that may change phones."
    )
    graph_timeout_seconds: Seconds = Field(20, gt=0, le=60, description="Longest wait for one answer of Graph.")
    graph_concurrency: int = Field(4, ge=1, le=64, description="Most Graph calls at once in one instance.")

    policy_path: Path = Field(Path("policy.json"), description="The policy file.")
    event_source: str = Field("/mfa-phone-change", min_length=1, description="`source` of the CloudEvents.")
    mail_sender: Annotated[str, AfterValidator(checks.mail_address)] = Field(
        description="Mailbox that notifications are sent from, as user principal name."
    )
    number_hmac_key: Annotated[SecretStr, AfterValidator(checks.hmac_key)] = Field(
        description="At least 32 random bytes in base64; keys the hashes of numbers. In Azure a Key Vault reference."
    )
    number_hmac_previous_keys: Annotated[SecretStr, AfterValidator(checks.hmac_keys)] = Field(
        SecretStr(""),
        description="Keys that NUMBER_HMAC_KEY replaced, newest first, with commas; kept as long as the retention.",
    )
    undo_key_id: Annotated[str | None, AfterValidator(checks.key_vault_key)] = Field(
        None, description="Key Vault key that wraps the keys of numbers kept for an undo, as https://.../keys/<name>."
    )
    undo_key_file: Path | None = Field(
        None,
        validate_default=True,
        description="File with the key for the same, made where it is missing; in place of UNDO_KEY_ID, locally only.",
    )
    undo_key_client_id: str | None = Field(
        None, description="Client id of the user-assigned identity that may use the Key Vault key."
    )
    sequence_epoch: int = Field(
        0,
        ge=0,
        le=9,
        description="Raise by one when the request queue is created anew or failed over: its sequence numbers restart.",
    )
    in_place_wait_seconds: Seconds = Field(5, ge=0, le=60, description="Longest single wait while a message is held.")
    process_budget_seconds: Seconds = Field(
        240,
        gt=0,
        le=_LONGEST_DELIVERY,
        description="All the time one delivery may take; the lock is renewed for longer than that.",
    )
    read_back_seconds: Seconds = Field(
        20,
        ge=0,
        le=120,
        validate_default=True,
        description="How long a write may stay invisible before the request is put off.",
    )
    ledger_retention_days: int = Field(
        400, ge=1, le=_TEN_YEARS, description="How long finished requests are kept; also the horizon of idempotency."
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
    @field_validator("parked_queue", "approval_queue", "event_topic")
    @classmethod
    def _is_another_entity(cls, value: str, info: ValidationInfo) -> str:
        names = ("request_queue", "parked_queue", "approval_queue")
        others = {info.data.get(name, "").casefold(): name for name in names if name != info.field_name}
        if name := others.get(value.casefold()):
            message = f"must not be the same as {name.upper()}"
            raise ValueError(message)
        return value

    @field_validator("service_bus_namespace")
    @classmethod
    def _bus_is_named(cls, value: str | None, info: ValidationInfo) -> str | None:
        return _one_of("ServiceBusConnection", value, info.data.get("service_bus_connection", _FAULTY))

    @field_validator("state_storage_tables")
    @classmethod
    def _storage_is_named(cls, value: str | None, info: ValidationInfo) -> str | None:
        return _one_of("StateStorage", value, info.data.get("state_storage", _FAULTY))

    @field_validator("undo_key_file")
    @classmethod
    def _undo_key_is_named_once(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if (value is None) is not bool(info.data.get("undo_key_id", "faulty")):
            message = "must be set where UNDO_KEY_ID is not, and only there"
            raise ValueError(message)
        return value

    @field_validator("read_back_seconds")
    @classmethod
    def _one_pass_fits_the_budget(cls, value: float, info: ValidationInfo) -> float:
        needed = longest_pass(info.data.get("graph_timeout_seconds", 0), value)
        budget = info.data.get("process_budget_seconds", needed + 1)
        if needed >= budget:
            terms = f"four times GRAPH_TIMEOUT_SECONDS, the greater of this and {LATE_WRITE:g}, and {2 * VAULT_CALL:g}"
            message = f"{terms} are {needed:g} s in all, which must be less than PROCESS_BUDGET_SECONDS ({budget:g})"
            raise ValueError(message)
        return value

    @cached_property
    def number_keys(self) -> tuple[bytes, ...]:
        """The keys of the number hashes: the one that is used, then those that older rows were made with."""
        previous = self.number_hmac_previous_keys.get_secret_value()
        texts = [self.number_hmac_key.get_secret_value(), *filter(None, previous.split(","))]
        return tuple(base64.b64decode(text) for text in texts)


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
    lines = [f"  {_name(place)}{words}" for place, words in faults_of(fault)]
    return "\n".join([f"The app has {len(lines)} faulty setting{'s' * (len(lines) > 1)}:", *lines])


def _name(location: tuple[int | str, ...]) -> str:
    """Gives a setting's name as it is written among the app settings; pydantic tells the field's or the alias."""
    if not location:
        return ""
    aliases = {field: told.alias for field, told in Settings.model_fields.items() if told.alias}
    place = str(location[0])
    name = aliases.get(place) or (place if place in aliases.values() else place.upper())
    return f"{name}: "
