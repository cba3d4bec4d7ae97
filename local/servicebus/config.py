"""Reads the template of the deployment, or the emulator's Config.json: one message lists everything that is wrong."""

import json
import re
from pathlib import Path
from typing import Any

from local.servicebus.config_faults import forward_faults, name_faults, shape_faults
from local.servicebus.config_file import (
    ConfigFile,
    NamespaceEntry,
    QueueEntry,
    RuleEntry,
    SubscriptionEntry,
    TopicEntry,
)
from local.servicebus.entities.filters import CorrelationFilter, FalseFilter, Filter, TrueFilter
from local.servicebus.entities.settings import NamespaceSettings, QueueSettings, SubscriptionSettings, TopicSettings
from local.servicebus.template import as_emulator_config, is_template
from local.serving import CannotStartError

DEFAULT_CONFIG = Path(__file__).parent.parent.parent / "bicep" / "service-bus.json"

# A text is matched first, so that the slashes of a URL in it are no comment.
_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


class ConfigError(CannotStartError):
    """The configuration cannot be used; the message lists every fault."""


def read_config(path: Path) -> NamespaceSettings:
    """Reads a file.

    Raises ConfigError.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8"
        message = f"Cannot read the configuration {path}: {reason}."
        raise ConfigError(message) from fault
    return parse_config(text, str(path))


def parse_config(text: str, name: str = "The configuration") -> NamespaceSettings:
    """Reads the text of a file.

    Raises ConfigError.
    """
    try:
        # A comment leaves its line breaks behind, so that faults are told with their lines in the file.
        told = json.loads(_COMMENT.sub(_without_comment, text), object_pairs_hook=_object)
    except json.JSONDecodeError as fault:
        message = f"{name} is no JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}."
        raise ConfigError(message) from fault
    except (ValueError, RecursionError) as fault:
        message = f"{name} cannot be read: {fault}."
        raise ConfigError(message) from fault
    told = _in_the_emulators_words(told, name)
    faults = [*shape_faults(told), *name_faults(told)]
    if not faults:
        (namespace,) = ConfigFile.model_validate(told).user_config.namespaces
        faults = list(forward_faults(namespace))
        if not faults:
            return _settings(namespace)
    if len(faults) == 1:
        message = f"{name} cannot be used: {faults[0]}."
    else:
        message = "\n".join([f"{name} cannot be used:", *(f"- {fault}" for fault in faults)])
    raise ConfigError(message)


def _in_the_emulators_words(told: Any, name: str) -> Any:  # noqa: ANN401 - it is what JSON gave
    if not is_template(told):
        return told
    try:
        return as_emulator_config(told)
    except (KeyError, TypeError, AttributeError) as fault:
        message = f"{name} is no template of queues and topics: each has a name and properties ({fault!r})."
        raise ConfigError(message) from fault


def _without_comment(found: re.Match[str]) -> str:
    return found[1] or " " + "\n" * found[0].count("\n")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        names = [name for name, _ in pairs]
        message = f"'{next(name for name in names if names.count(name) > 1)}' is written twice in one object"
        raise ValueError(message)
    return told


def _settings(namespace: NamespaceEntry) -> NamespaceSettings:
    return NamespaceSettings(
        {entry.name: _queue(entry) for entry in namespace.queues},
        {entry.name: _topic(entry) for entry in namespace.topics},
    )


def _queue(entry: QueueEntry) -> QueueSettings:
    told = entry.properties
    return QueueSettings(
        lock_duration=told.lock_duration,
        max_delivery_count=told.max_delivery_count,
        default_time_to_live=told.default_message_time_to_live,
        dead_letter_on_expiration=told.dead_lettering_on_message_expiration,
        requires_session=told.requires_session,
        duplicate_window=told.duplicate_detection_history_time_window if told.requires_duplicate_detection else None,
        forward_to=told.forward_to or None,
        forward_dead_letters_to=told.forward_dead_lettered_messages_to or None,
    )


def _topic(entry: TopicEntry) -> TopicSettings:
    told = entry.properties
    return TopicSettings(
        told.default_message_time_to_live,
        told.duplicate_detection_history_time_window if told.requires_duplicate_detection else None,
        {each.name: _subscription(each) for each in entry.subscriptions},
    )


def _subscription(entry: SubscriptionEntry) -> SubscriptionSettings:
    told = entry.properties
    queue = QueueSettings(
        lock_duration=told.lock_duration,
        max_delivery_count=told.max_delivery_count,
        default_time_to_live=told.default_message_time_to_live,
        dead_letter_on_expiration=told.dead_lettering_on_message_expiration,
        requires_session=told.requires_session,
        forward_to=told.forward_to or None,
        forward_dead_letters_to=told.forward_dead_lettered_messages_to or None,
    )
    return SubscriptionSettings(queue, {rule.name: _filter(rule) for rule in entry.rules})


def _filter(rule: RuleEntry) -> Filter:
    told = rule.properties.correlation_filter
    if rule.properties.filter_type == "Sql" or told is None:
        # The only SQL filters that get this far say the same of every message.
        return TrueFilter() if rule.properties.constant else FalseFilter()
    return CorrelationFilter(**told.model_dump(exclude={"properties"}), properties=dict(told.properties))
