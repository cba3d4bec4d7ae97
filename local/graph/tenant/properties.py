"""A user's Graph properties as they stand in a file: named and typed as Graph has them, mended where that is safe."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from local.graph.contract.document import Schema, properties_of, resolved
from local.graph.contract.schemas import faults

DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")
TRUTH = {"true": True, "false": False}


@cache
def user_properties() -> dict[str, Any]:
    """Returns every property of a user with what stands for it where it is absent."""
    schemas = {name: resolved(schema) for name, schema in properties_of("user").items() if name != "manager"}
    return {name: [] if schema.get("type") == "array" else None for name, schema in schemas.items()}


@cache
def _canonical_names() -> dict[str, str]:
    return {name.lower(): name for name in user_properties()}


def split(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Splits into Graph's properties, in Graph's spelling, and the rest."""
    names = _canonical_names()
    known = {names[name.lower()]: mended(name, value) for name, value in given.items() if name.lower() in names}
    rest = {name: value for name, value in given.items() if name.lower() not in names}
    return known, rest


def mended(name: str, value: object) -> object:
    """Returns the value in the property's own type where it is clear what was meant, e.g. 1001 as an employeeId."""
    schema = resolved(properties_of("user")[_canonical_names()[name.lower()]])
    kind = schema.get("format") or schema.get("type")
    if kind == "string" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if kind == "date-time" and isinstance(value, str) and DATE_ONLY.fullmatch(value):
        return f"{value}T00:00:00Z"
    if kind == "boolean" and isinstance(value, str):
        return TRUTH.get(value.lower(), value)
    if kind == "array" and (value is None or isinstance(value, str)):
        return [value] if value else []
    return deepcopy(value)


def property_faults(properties: Mapping[str, Any]) -> Iterator[str]:
    """Yields what Graph could never answer with."""
    for name, value in properties.items():
        schema: Schema = properties_of("user")[name]
        if value is not None and next(faults(schema, value), None) is not None:
            kind = resolved(schema).get("format") or resolved(schema).get("type") or "another type"
            yield f"{name} must be of type {kind}"
