"""The app's settings, read once from the environment; every fault is reported together."""

import base64
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from shared import settings_checks as checks
from shared.backoff import LATE_WRITE, VAULT_CALL, longest_pass
from shared.command_settings import CommandSettings, read_as
from shared.monitor import address

# Functions renews a lock for five minutes (host.json); a margin of half a minute is left of them.
_LONGEST_DELIVERY = 270
_TEN_YEARS = 3650

Seconds = Annotated[float, Field(allow_inf_nan=False)]
Schedule = Annotated[str, AfterValidator(checks.ncrontab)]


class Settings(CommandSettings):
    """All settings by their app setting's name."""

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

    sweep_schedule: Schedule = Field(
        "0 0 1 * * *", description="NCRONTAB, when a sweep of the whole tenant starts, unless one is under way."
    )
    sweep_resume_schedule: Schedule = Field(
        "0 */5 * * * *", description="NCRONTAB, when a sweep that was cut off is taken up again."
    )
    sweep_client_id: str | None = Field(
        None,
        description="Client id of the user-assigned identity that sweeps, with read-only permissions; by default "
        "GRAPH_CLIENT_ID.",
    )
    sweep_report_calls_per_10_s: int = Field(
        5, ge=1, le=122, description="Pages of the registration report in 10 s; Microsoft's limit is 5."
    )
    sweep_reads_per_10_s: int = Field(
        400, ge=20, le=100_000, description="Users in 10 s whose methods the sweep reads, each one counting in a batch."
    )
    sweep_concurrency: int = Field(2, ge=1, le=16, description="Most Graph calls of the sweep at once in one instance.")

    reconcile_schedule: Schedule = Field(
        "0 */15 * * * *", description="NCRONTAB, when it is looked whether messages vanished or requests never ended."
    )
    reconcile_client_id: str | None = Field(
        None, description="Client id of the user-assigned identity with Monitoring Reader on the namespace."
    )
    service_bus_resource_id: Annotated[str | None, AfterValidator(address.namespace_id)] = Field(
        None,
        description="Resource id of the Service Bus namespace, whose metrics are compared; without it nothing is.",
    )
    monitor_endpoint: Annotated[str, AfterValidator(address.monitor_endpoint)] = Field(
        address.MONITOR_ENDPOINTS[0], description="Azure Resource Manager in the tenant's cloud, asked for metrics."
    )

    graph_endpoint: Annotated[str, AfterValidator(checks.graph_endpoint)] = Field(
        "https://graph.microsoft.com/v1.0", description="Root of Microsoft Graph v1.0 in the tenant's cloud."
    )
    graph_client_id: str | None = Field(
        None, description="Client id of the user-assigned identity that may change phones."
    )
    graph_timeout_seconds: Seconds = Field(20, gt=0, le=60, description="Longest wait for one answer of Graph.")
    graph_concurrency: int = Field(4, ge=1, le=64, description="Most Graph calls at once in one instance.")

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
    return read_as(Settings)
