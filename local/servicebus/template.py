"""Reads the queues and topics of `bicep/service-bus.json`, in the words of ARM, into those of Config.json.

What a namespace in Azure is deployed with is thereby what this one runs with; nothing is written twice.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

type Entry = Mapping[str, Any]

# What this broker has no limit and no partitions for, or does in any case.
_WITHOUT_MEANING: Final = {
    "maxSizeInMegabytes",
    "enablePartitioning",
    "enableBatchedOperations",
    "deadLetteringOnFilterEvaluationExceptions",
}
_FILTERS: Final = {"CorrelationFilter": "Correlation", "SqlFilter": "Sql"}
_NAMESPACE: Final = "from-template"


def is_template(told: object) -> bool:
    """Says whether a document is a template's and not the emulator's."""
    return isinstance(told, dict) and "queues" in told and "topics" in told


def as_emulator_config(told: Entry) -> dict[str, Any]:
    """Gives the same entities in the emulator's format; what is malformed stays so, and is told by its reader."""
    namespace = {
        "Name": _NAMESPACE,
        "Queues": _each(told["queues"], {}),
        "Topics": _each(told["topics"], {"subscriptions": _subscription}),
    }
    return {"UserConfig": {"Namespaces": [namespace]}}


def _subscription(entry: Entry) -> dict[str, Any]:
    return _entity(entry, {"rules": _rule})


def _rule(entry: Entry) -> dict[str, Any]:
    properties = dict(entry["properties"])
    found: dict[str, Any] = {"FilterType": _FILTERS.get(properties["filterType"], properties["filterType"])}
    if "correlationFilter" in properties:
        correlation = properties["correlationFilter"]
        found["CorrelationFilter"] = {_pascal(name): value for name, value in correlation.items()}
    if "sqlFilter" in properties:
        found["SqlFilter"] = {_pascal(name): value for name, value in properties["sqlFilter"].items()}
    return {"Name": entry["name"], "Properties": found}


def _entity(entry: Entry, inner: Mapping[str, Any]) -> dict[str, Any]:
    properties = {_pascal(name): value for name, value in entry["properties"].items() if name not in _WITHOUT_MEANING}
    children = {_pascal(name): [read(child) for child in entry.get(name, ())] for name, read in inner.items()}
    return {"Name": entry["name"], "Properties": properties, **children}


def _each(entries: Iterable[Entry], inner: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_entity(entry, inner) for entry in entries]


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]
