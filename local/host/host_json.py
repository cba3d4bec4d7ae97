"""Reads host.json: what the host does with it, with the documented defaults, and every fault in one sentence."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from local.host.dotnet import parse_timespan
from local.serving import CannotStartError

_INFINITE = timedelta(milliseconds=-1)

# Version 4 of the extension had these; version 5 ignores them in silence, and people then wonder why nothing changes.
_VERSION_4_NAMES: Final = {"messageHandlerOptions", "sessionHandlerOptions", "batchOptions"}


def _timespan(value: object) -> object:
    """Reads a TimeSpan; the infinite one (-1 ms, in host.json also "-1") is None."""
    if not isinstance(value, str):
        return value
    if value.strip() == "-1":
        return None
    span = parse_timespan(value)
    if span == _INFINITE:
        return None
    if span < timedelta(0):
        message = "must not be negative"
        raise ValueError(message)
    return span


TimeSpan = Annotated[timedelta, BeforeValidator(_timespan)]
TimeSpanOrInfinite = Annotated[timedelta | None, BeforeValidator(_timespan)]
AtLeastOne = Annotated[int, Field(ge=1)]


class _Section(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)


class _OpenSection(_Section):
    """A section of which the host reads a part; what other programs read in it is no fault."""

    model_config = ConfigDict(extra="ignore")


class ClientRetryOptions(_Section):
    """How the SDK repeats its operations. Only `tryTimeout` counts here: it is the default idle time of a session."""

    mode: Literal["exponential", "fixed", "Exponential", "Fixed"] = "exponential"
    try_timeout: TimeSpan = timedelta(minutes=1)
    delay: TimeSpan = timedelta(milliseconds=800)
    max_delay: TimeSpan = timedelta(minutes=1)
    max_retries: Annotated[int, Field(ge=0)] = 3


class ServiceBusOptions(_Section):
    """`extensions.serviceBus` of version 5: it holds for every Service Bus function of the app.

    What belongs to batches is read and has no effect, because functions that take batches are refused.
    """

    prefetch_count: Annotated[int, Field(ge=0)] = 0
    transport_type: Literal["amqpTcp", "amqpWebSockets"] = "amqpTcp"
    auto_complete_messages: bool = True
    max_auto_lock_renewal_duration: TimeSpanOrInfinite = timedelta(minutes=5)
    max_concurrent_calls: AtLeastOne = Field(default_factory=lambda: 16 * (os.process_cpu_count() or 1))
    max_concurrent_sessions: AtLeastOne = 8
    # More than one would need several calls on one session at a time, which gives up the order that sessions are for.
    max_concurrent_calls_per_session: Annotated[int, Field(ge=1, le=1)] = 1
    session_idle_timeout: TimeSpan | None = None
    max_message_batch_size: AtLeastOne = 1000
    min_message_batch_size: AtLeastOne = 1
    max_batch_wait_time: TimeSpan = timedelta(seconds=30)
    enable_cross_entity_transactions: bool = False
    client_retry_options: ClientRetryOptions = ClientRetryOptions()

    @property
    def session_idle_seconds(self) -> float:
        """How long a session without a message is held before the next one is accepted."""
        return (self.session_idle_timeout or self.client_retry_options.try_timeout).total_seconds()


class Extensions(_OpenSection):
    """`extensions`; only `serviceBus` matters here."""

    service_bus: ServiceBusOptions = ServiceBusOptions()


class HostOptions(_OpenSection):
    """host.json as a whole. `logging`, `extensionBundle` and the rest concern the host in Azure only."""

    version: Literal["2.0"]
    # The default of the Flex Consumption plan; None is unbounded.
    function_timeout: TimeSpanOrInfinite = timedelta(minutes=30)
    extensions: Extensions = Extensions()

    @property
    def service_bus(self) -> ServiceBusOptions:
        """The options of the Service Bus extension."""
        return self.extensions.service_bus


def read_host_json(app_dir: Path) -> HostOptions:
    """Reads host.json of an app directory. Raises CannotStartError that names every fault."""
    path = app_dir / "host.json"
    try:
        return HostOptions.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError) as fault:
        message = f"There is no host.json in {app_dir}: is this the directory of a function app?"
        raise CannotStartError(message) from fault
    except OSError as fault:
        message = f"{path} cannot be read: {fault.strerror or fault}."
        raise CannotStartError(message) from fault
    except ValidationError as fault:
        details = "; ".join(_sentence(error["loc"], error["type"], error["msg"]) for error in fault.errors())
        message = f"{path} is not valid: {details}."
        raise CannotStartError(message) from fault


def _sentence(location: tuple[int | str, ...], kind: str, text: str) -> str:
    place = ".".join(str(part) for part in location)
    if kind == "extra_forbidden":
        hint = " (version 5 of the extension ignores it)" if location[-1] in _VERSION_4_NAMES else ""
        return f"{place} is not a known setting{hint}"
    return f"{place}: {text.removeprefix('Value error, ')}".removeprefix(": ")
