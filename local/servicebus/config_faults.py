"""What is wrong with a Config.json, in words that say where."""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from local.servicebus.config_file import ConfigFile, NamespaceEntry, QueueProperties, SubscriptionProperties

_WORDS = {
    "bool_type": "has to be true or false",
    "extra_forbidden": "is not known here",
    "finite_number": "has to be a whole number",
    "int_type": "has to be a whole number",
    "missing": "is missing",
    "model_type": "has to be an object in braces",
    "string_pattern_mismatch": "has letters, digits and - _ . / in it, and begins and ends with a letter or digit",
    "string_too_long": "has 260 characters at most",
    "string_type": "has to be a text",
    "time_delta_parsing": "is no duration like PT30S, PT1M or P1D",
    "too_long": "has to be a list of exactly one namespace",
    "tuple_type": "has to be a list",
}
_KINDS = {"Queues": "queue", "Topics": "topic", "Subscriptions": "subscription", "Rules": "rule"}


def shape_faults(told: Any) -> Iterator[str]:  # noqa: ANN401 - it is what JSON gave
    """Lists what the format does not allow."""
    try:
        ConfigFile.model_validate(told)
    except ValidationError as fault:
        for each in fault.errors(include_url=False, include_input=False):
            words = _WORDS.get(each["type"], each["msg"].removeprefix("Value error, "))
            yield f"{_place(told, each['loc'])} {words.replace('Input should be', 'has to be')}"


def name_faults(told: Any) -> Iterator[str]:  # noqa: ANN401 - it is what JSON gave, well-shaped or not
    """Lists names that are used twice. Service Bus compares them without their case."""
    for namespace in _dicts(_get(_get(told, "UserConfig"), "Namespaces")):
        topics = list(_dicts(_get(namespace, "Topics")))
        yield from _twice("queue or topic", [*_dicts(_get(namespace, "Queues")), *topics])
        for topic in topics:
            subscriptions = list(_dicts(_get(topic, "Subscriptions")))
            yield from _twice(f"subscription of {_get(topic, 'Name')}", subscriptions)
            for subscription in subscriptions:
                yield from _twice(f"rule of {_get(subscription, 'Name')}", _dicts(_get(subscription, "Rules")))


def forward_faults(namespace: NamespaceEntry) -> Iterator[str]:
    """Lists forwards that lead nowhere or in a circle, or start at sessions."""
    targets = {name.lower() for name in [*(q.name for q in namespace.queues), *(t.name for t in namespace.topics)]}
    forwards: dict[str, set[str]] = {}
    for name, entity, properties in _forwarding(namespace):
        for target in filter(None, (properties.forward_to, properties.forward_dead_lettered_messages_to)):
            if target.lower() not in targets:
                yield f"{name} forwards to '{target}', which does not exist"
        if properties.forward_to:
            forwards.setdefault(entity.lower(), set()).add(properties.forward_to.lower())
            if properties.requires_session:
                yield f"{name} requires sessions and cannot forward"
    if circle := [name for name in forwards if _leads_to(name, name, forwards)]:
        yield f"messages of {' and '.join(f"'{name}'" for name in circle)} would be forwarded in a circle"


def _forwarding(namespace: NamespaceEntry) -> Iterator[tuple[str, str, QueueProperties | SubscriptionProperties]]:
    for queue in namespace.queues:
        yield f"queue '{queue.name}'", queue.name, queue.properties
    for topic in namespace.topics:
        for subscription in topic.subscriptions:
            yield f"subscription '{topic.name}/{subscription.name}'", topic.name, subscription.properties


def _leads_to(start: str, end: str, forwards: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    ahead = list(forwards.get(start, ()))
    while ahead:
        name = ahead.pop()
        if name == end:
            return True
        if name not in seen:
            seen.add(name)
            ahead.extend(forwards.get(name, ()))
    return False


def _place(told: Any, parts: tuple[int | str, ...]) -> str:  # noqa: ANN401 - it is what JSON gave
    """Names the entity in the words of its owner, and the field in it."""
    entities: list[str] = []
    field: list[str] = []
    for part in parts:
        told = _child(told, part)
        name = _get(told, "Name")
        if isinstance(part, int) and field and field[-1] in _KINDS and isinstance(name, str):
            entities.append(f"{_KINDS[field[-1]]} '{name}'")
            field = []
        elif isinstance(part, int):
            field[-1:] = [f"{field[-1]}[{part}]"] if field else [f"[{part}]"]
        elif part != "Properties" or not entities or field:
            field.append(part)
    where = ".".join(field) or ("it" if entities else "the file")
    return f"{', '.join(entities)}: {where}" if entities else where


def _child(told: Any, part: int | str) -> Any:  # noqa: ANN401 - it is what JSON gave
    if isinstance(part, int):
        return told[part] if isinstance(told, list) and part < len(told) else None
    return _get(told, part)


def _get(told: Any, name: str) -> Any:  # noqa: ANN401 - it is what JSON gave
    return told.get(name) if isinstance(told, dict) else None


def _dicts(told: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - it is what JSON gave
    return (each for each in told if isinstance(each, dict)) if isinstance(told, list) else iter(())


def _twice(kind: str, entries: Iterable[dict[str, Any]]) -> Iterator[str]:
    seen: set[str] = set()
    for name in (_get(entry, "Name") for entry in entries):
        if isinstance(name, str):
            if name.lower() in seen:
                yield f"the name '{name}' is used twice for a {kind}"
            seen.add(name.lower())
