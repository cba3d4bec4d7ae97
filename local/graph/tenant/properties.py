"""A user's Graph properties as they stand in a file: named and typed as Graph has them, mended where that is safe."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from local.graph.contract.document import Schema, properties_of, resolved
from local.graph.contract.schemas import faults

DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")
TRUTH = {"true": True, "false": False}
PLAIN_TYPES = {"string": str, "boolean": bool}
PLAIN_WORDS = frozenset({"type", "nullable", "title", "description"})


@cache
def user_properties() -> dict[str, Any]:
    """Returns every property of a user with what stands for it where it is absent."""
    schemas = {name: resolved(schema) for name, schema in properties_of("user").items() if name != "manager"}
    return {name: [] if schema.get("type") == "array" else None for name, schema in schemas.items()}


@dataclass(frozen=True, slots=True)
class _Property:
    """One of Graph's properties: its name, its type, and the Python type that is all that its schema asks for."""

    name: str
    kind: str | None
    plain: type | None


@cache
def _by_lower_name() -> dict[str, _Property]:
    return {name.lower(): _property(name, properties_of("user")[name]) for name in user_properties()}


def _property(name: str, schema: Schema) -> _Property:
    whole = resolved(schema)
    plain = PLAIN_TYPES.get(whole.get("type", "")) if whole.keys() <= PLAIN_WORDS else None
    return _Property(name, whole.get("format") or whole.get("type"), plain)


def split(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Splits into Graph's properties, in Graph's spelling, and the rest."""
    names, known, rest = _by_lower_name(), {}, {}
    for name, value in given.items():
        found = names.get(name.lower())
        if found is None:
            rest[name] = value
        else:
            known[found.name] = _mended(found.kind, value)
    return known, rest


def _mended(kind: str | None, value: object) -> object:
    """Returns the value in the property's own type where it is clear what was meant, e.g. 1001 as an employeeId."""
    if kind == "string" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if kind == "date-time" and isinstance(value, str) and DATE_ONLY.fullmatch(value):
        return f"{value}T00:00:00Z"
    if kind == "boolean" and isinstance(value, str):
        return TRUTH.get(value.lower(), value)
    if kind == "array" and (value is None or isinstance(value, str)):
        return [value] if value else []
    return deepcopy(value) if isinstance(value, (dict, list)) else value


def property_faults(properties: Mapping[str, Any]) -> Iterator[str]:
    """Yields what Graph could never answer with."""
    names, schemas = _by_lower_name(), properties_of("user")
    for name, value in properties.items():
        # The type is all that most schemas ask for, and a tenant may have millions of values.
        if value is None or type(value) is names[name.lower()].plain:
            continue
        if next(faults(schemas[name], value), None) is not None:
            kind = names[name.lower()].kind or "another type"
            yield f"{name} must be of type {kind}"
