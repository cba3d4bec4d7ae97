"""Which messages a subscription gets; https://learn.microsoft.com/azure/service-bus-messaging/topic-filters."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local.servicebus.amqp.message import Content
from local.servicebus.amqp.types import Value

DEFAULT_RULE = "$Default"


@dataclass(frozen=True, slots=True)
class TrueFilter:
    """Lets every message through."""

    def matches(self, content: Content) -> bool:  # noqa: ARG002 - it takes what every filter takes
        """Says whether the subscription gets the message."""
        return True


@dataclass(frozen=True, slots=True)
class FalseFilter:
    """Lets no message through."""

    def matches(self, content: Content) -> bool:  # noqa: ARG002 - it takes what every filter takes
        """Says whether the subscription gets the message."""
        return False


@dataclass(frozen=True, slots=True)
class CorrelationFilter:
    """Lets a message through that equals it in everything that is set; text is compared with its case."""

    content_type: str | None = None
    correlation_id: str | None = None
    label: str | None = None
    message_id: str | None = None
    reply_to: str | None = None
    reply_to_session_id: str | None = None
    session_id: str | None = None
    to: str | None = None
    properties: Mapping[str, Value] = field(default_factory=dict)

    def matches(self, content: Content) -> bool:
        """Says whether the subscription gets the message."""
        sent = content.properties
        system = (
            (self.content_type, sent.content_type),
            (self.correlation_id, sent.correlation_id),
            (self.label, sent.subject),
            (self.message_id, sent.message_id),
            (self.reply_to, sent.reply_to),
            (self.reply_to_session_id, sent.reply_to_group_id),
            (self.session_id, sent.group_id),
            (self.to, sent.to),
        )
        return all(wanted is None or _same(wanted, value) for wanted, value in system) and all(
            name in content.application_properties and _same(wanted, content.application_properties[name])
            for name, wanted in self.properties.items()
        )


type Filter = TrueFilter | FalseFilter | CorrelationFilter


def _same(wanted: Value, value: Value) -> bool:
    # Python says that True equals 1; Service Bus does not.
    if isinstance(wanted, bool) is not isinstance(value, bool):
        return False
    if isinstance(wanted, str) and not isinstance(value, str | None):
        return wanted == str(value)
    return wanted == value
