"""What a broker runs with, in the words of ARM, so that it can be compared with what was deployed. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any

from local.servicebus.entities.filters import CorrelationFilter, Filter, TrueFilter
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.queue import Queue
from local.servicebus.entities.topic import Subscription, Topic

type Told = dict[str, Any]


def entities_as_json(namespace: Namespace) -> Told:
    """Gives queues, topics, subscriptions and rules as they run now, durations in ISO 8601."""
    found = [namespace.entity(name) for name in namespace.traffic]
    return {
        "queues": [_queue(each.path, each) for each in found if isinstance(each, Queue)],
        "topics": [_topic(each) for each in found if isinstance(each, Topic)],
    }


def _queue(name: str, queue: Queue) -> Told:
    told = queue.settings
    properties = {
        "requiresSession": told.requires_session,
        "lockDuration": _text(told.lock_duration),
        "maxDeliveryCount": told.max_delivery_count,
        "defaultMessageTimeToLive": _text(told.default_time_to_live),
        "deadLetteringOnMessageExpiration": told.dead_letter_on_expiration,
        "requiresDuplicateDetection": told.duplicate_window is not None,
        "duplicateDetectionHistoryTimeWindow": _text(told.duplicate_window),
        "forwardTo": told.forward_to,
        "forwardDeadLetteredMessagesTo": told.forward_dead_letters_to,
    }
    return {"name": name, "properties": _without_nothing(properties)}


def _topic(topic: Topic) -> Told:
    told = topic.settings
    properties = {
        "defaultMessageTimeToLive": _text(told.default_time_to_live),
        "requiresDuplicateDetection": told.duplicate_window is not None,
        "duplicateDetectionHistoryTimeWindow": _text(told.duplicate_window),
    }
    subscriptions = [_subscription(each) for each in topic.subscriptions.values()]
    return {"name": topic.path, "properties": _without_nothing(properties), "subscriptions": subscriptions}


def _subscription(subscription: Subscription) -> Told:
    told = _queue(subscription.queue.path.rpartition("/")[2], subscription.queue)
    # A subscription detects no duplicates: its topic does.
    del told["properties"]["requiresDuplicateDetection"]
    rules = [{"name": name, "properties": _filter(rule)} for name, rule in subscription.rules.items()]
    return {**told, "rules": rules}


def _filter(rule: Filter) -> Told:
    if not isinstance(rule, CorrelationFilter):
        expression = "1=1" if isinstance(rule, TrueFilter) else "1=0"
        return {"filterType": "SqlFilter", "sqlFilter": {"sqlExpression": expression}}
    told = {_camel(each.name): getattr(rule, each.name) for each in fields(rule)}
    return {"filterType": "CorrelationFilter", "correlationFilter": {name: each for name, each in told.items() if each}}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _text(span: timedelta | None) -> str | None:
    if span is None:
        return None
    # Without years and months, which are of no fixed length and which ARM does not take.
    seconds = (span - timedelta(days=span.days)).total_seconds()
    days = f"{span.days}D" if span.days else ""
    return f"P{days}T{seconds:g}S" if seconds else f"P{days}"


def _without_nothing(properties: Mapping[str, object]) -> Told:
    return {name: value for name, value in properties.items() if value is not None}
