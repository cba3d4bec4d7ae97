"""A subscription's rules: listed, added and removed.

https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response#rule-operations
"""

from local.servicebus.amqp.types import Described, ULong, Value
from local.servicebus.entities.errors import EntityNotFoundError, NotSupportedError, RuleExistsError
from local.servicebus.entities.filters import CorrelationFilter, FalseFilter, Filter, TrueFilter
from local.servicebus.entities.topic import Subscription
from local.servicebus.management.arguments import NOTHING_FOUND, Arguments, Reply

_RULE = ULong(0x0000_0137_0000_0004)
_NO_ACTION = Described(ULong(0x0000_0137_0000_0005), [])
_TRUE = ULong(0x0000_0137_0000_0007)
_FALSE = ULong(0x0000_0137_0000_0008)
_CORRELATION = ULong(0x0000_0137_0000_0009)
# The order of a correlation filter's fields in an answer, with the names that they have in a request.
_FIELDS = {
    "correlation-id": "correlation_id",
    "message-id": "message_id",
    "to": "to",
    "reply-to": "reply_to",
    "label": "label",
    "session-id": "session_id",
    "reply-to-session-id": "reply_to_session_id",
    "content-type": "content_type",
}
_CONSTANTS: dict[str, Filter] = {
    "1=1": TrueFilter(),
    "true": TrueFilter(),
    "1=0": FalseFilter(),
    "false": FalseFilter(),
}


def list_rules(subscription: Subscription, arguments: Arguments) -> Reply:
    """Answers the rules, page by page."""
    skip, top = arguments.number("skip", 0), arguments.number("top", len(subscription.rules))
    page = list(subscription.rules.items())[skip : skip + top]
    rules: list[Value] = [{"rule-description": _described(name, rule)} for name, rule in page]
    return Reply({"rules": rules}) if rules else NOTHING_FOUND


def add(subscription: Subscription, arguments: Arguments) -> Reply:
    """Adds a rule."""
    name = arguments.text("rule-name")
    if name in subscription.rules:
        raise RuleExistsError
    subscription.rules[name] = _filter(arguments.mapping("rule-description"))
    return Reply()


def remove(subscription: Subscription, arguments: Arguments) -> Reply:
    """Removes a rule."""
    if subscription.rules.pop(arguments.text("rule-name"), None) is None:
        message = "The subscription has no rule of this name."
        raise EntityNotFoundError(message)
    return Reply()


def _filter(description: dict[Value, Value]) -> Filter:
    told = description.get("correlation-filter")
    if isinstance(told, dict):
        fields = {field: value for name, field in _FIELDS.items() if isinstance(value := told.get(name), str)}
        properties = told.get("properties")
        named = properties if isinstance(properties, dict) else {}
        return CorrelationFilter(**fields, properties={str(name): value for name, value in named.items()})
    sql = description.get("sql-filter")
    expression = sql.get("expression") if isinstance(sql, dict) else None
    constant = _CONSTANTS.get(expression.replace(" ", "").lower()) if isinstance(expression, str) else None
    if constant is None:
        message = "Only correlation filters and the filters 1=1 and 1=0 are supported."
        raise NotSupportedError(message)
    return constant


def _described(name: str, rule: Filter) -> Described:
    if not isinstance(rule, CorrelationFilter):
        what = Described(_TRUE if isinstance(rule, TrueFilter) else _FALSE, [])
    else:
        fields: list[Value] = [getattr(rule, field) for field in _FIELDS.values()]
        properties: dict[Value, Value] = {name: value for name, value in rule.properties.items()}  # noqa: C416 - for the map's type
        what = Described(_CORRELATION, [*fields, properties])
    return Described(_RULE, [what, _NO_ACTION, name])
