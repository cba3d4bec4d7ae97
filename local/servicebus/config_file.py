"""The shape of Microsoft's emulator's Config.json, with its defaults.

https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator describes it. Values
that only the emulator's quotas forbid are taken: a lock of two seconds harms nobody. What Service Bus itself would not
take is a fault.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_pascal

_LONGEST_LOCK = timedelta(minutes=5)
_NAME = r"^[A-Za-z0-9]([\w\-./]*[A-Za-z0-9])?$"
_CONSTANTS = {"1=1": True, "true": True, "1=0": False, "false": False}


def _iso_text(told: object) -> object:
    if not isinstance(told, str) or not told.startswith("P"):
        message = "is no duration like PT30S, PT1M or P1D"
        raise ValueError(message)
    return told


def _positive(told: timedelta) -> timedelta:
    if told <= timedelta():
        message = "has to be longer than nothing"
        raise ValueError(message)
    return told


def _lockable(told: timedelta) -> timedelta:
    if told > _LONGEST_LOCK:
        message = "is longer than the five minutes (PT5M) that a lock may last"
        raise ValueError(message)
    return told


def _scalar(told: object) -> object:
    if not isinstance(told, str | bool | int | float):
        message = "has to be a text, a number, true or false"
        raise ValueError(message)  # noqa: TRY004 - pydantic reports no TypeError
    return told


def _unambiguous(told: str) -> str:
    if "/subscriptions/" in told.lower():
        message = "is the path of a subscription"
        raise ValueError(message)
    return told


type Duration = Annotated[timedelta, BeforeValidator(_iso_text), AfterValidator(_positive)]
type LockDuration = Annotated[Duration, AfterValidator(_lockable)]
type Name = Annotated[str, Field(pattern=_NAME, max_length=260), AfterValidator(_unambiguous)]
type Count = Annotated[int, Field(strict=True, ge=1, le=2000)]
type Switch = Annotated[bool, Field(strict=True)]
type Scalar = Annotated[Any, BeforeValidator(_scalar)]


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_pascal, extra="forbid", frozen=True, hide_input_in_errors=True)


class QueueProperties(_Model):
    """How a queue behaves."""

    dead_lettering_on_message_expiration: Switch = False
    default_message_time_to_live: Duration = timedelta(hours=1)
    duplicate_detection_history_time_window: Duration = timedelta(seconds=20)
    forward_dead_lettered_messages_to: str = ""
    forward_to: str = ""
    lock_duration: LockDuration = timedelta(minutes=1)
    max_delivery_count: Count = 3
    requires_duplicate_detection: Switch = False
    requires_session: Switch = False


class SubscriptionProperties(_Model):
    """How a subscription behaves."""

    dead_lettering_on_message_expiration: Switch = False
    default_message_time_to_live: Duration = timedelta(hours=1)
    forward_dead_lettered_messages_to: str = ""
    forward_to: str = ""
    lock_duration: LockDuration = timedelta(minutes=1)
    max_delivery_count: Count = 3
    requires_session: Switch = False


class TopicProperties(_Model):
    """How a topic behaves."""

    default_message_time_to_live: Duration = timedelta(hours=1)
    duplicate_detection_history_time_window: Duration = timedelta(seconds=20)
    requires_duplicate_detection: Switch = False


class CorrelationFilterEntry(_Model):
    """What a message has to equal."""

    content_type: str | None = None
    correlation_id: str | None = None
    label: str | None = None
    message_id: str | None = None
    reply_to: str | None = None
    reply_to_session_id: str | None = None
    session_id: str | None = None
    to: str | None = None
    properties: dict[str, Scalar] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_something(self) -> "CorrelationFilterEntry":
        if not self.model_fields_set:
            message = "has to name at least one property"
            raise ValueError(message)
        return self


class SqlExpression(_Model):
    """An SQL-like expression."""

    sql_expression: str


class RuleProperties(_Model):
    """A filter. Actions are not supported, and of SQL filters only those that are always true or always false."""

    filter_type: Literal["Correlation", "Sql"]
    correlation_filter: CorrelationFilterEntry | None = None
    sql_filter: SqlExpression | None = None
    action: SqlExpression | None = None

    @model_validator(mode="after")
    def _is_supported(self) -> "RuleProperties":
        if self.action is not None:
            message = "has an action, which is not supported"
            raise ValueError(message)
        if self.filter_type == "Correlation" and self.correlation_filter is None:
            message = "is of the type Correlation and needs a CorrelationFilter"
            raise ValueError(message)
        if self.filter_type == "Sql" and self.constant is None:
            message = "has an SQL filter, which is not supported except 1=1 and 1=0; use a correlation filter"
            raise ValueError(message)
        return self

    @property
    def constant(self) -> bool | None:
        """Says what an SQL filter gives for every message, or that this depends on the message."""
        told = self.sql_filter.sql_expression if self.sql_filter else ""
        return _CONSTANTS.get(told.replace(" ", "").lower())


class RuleEntry(_Model):
    """A named filter."""

    name: Name
    properties: RuleProperties


class SubscriptionEntry(_Model):
    """A subscription."""

    name: Name
    properties: SubscriptionProperties = SubscriptionProperties()
    rules: tuple[RuleEntry, ...] = ()


class QueueEntry(_Model):
    """A queue."""

    name: Name
    properties: QueueProperties = QueueProperties()


class TopicEntry(_Model):
    """A topic."""

    name: Name
    properties: TopicProperties = TopicProperties()
    subscriptions: tuple[SubscriptionEntry, ...] = ()


class NamespaceEntry(_Model):
    """The namespace."""

    name: Name
    queues: tuple[QueueEntry, ...] = ()
    topics: tuple[TopicEntry, ...] = ()


class LoggingEntry(_Model):
    """Where the emulator logs to; this broker logs to standard error."""

    type: Literal["File", "Console", "File,Console", "Console,File"] = "Console"


class UserConfig(_Model):
    """All that a user may set."""

    namespaces: tuple[NamespaceEntry] = Field(description="exactly one")
    logging: LoggingEntry = LoggingEntry()


class ConfigFile(_Model):
    """The file."""

    user_config: UserConfig
