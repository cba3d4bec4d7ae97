"""$select: which properties of an object are in the answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.graph.errors import BadRequestError
from local.graph.exchange import JsonObject

UNKNOWN_PROPERTY = (
    "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type "
    "'microsoft.graph.{type_name}'."
)


def checked_selection(names: Iterable[str], properties: Iterable[str], type_name: str) -> tuple[str, ...]:
    """Returns the names as Graph writes them, or raises what it answers to one that it does not know."""
    known = {name.lower(): name for name in properties}
    wanted = []
    for name in names:
        if name.lower() not in known:
            message = UNKNOWN_PROPERTY.format(name=name, type_name=type_name)
            raise BadRequestError(message)
        wanted.append(known[name.lower()])
    return tuple(wanted)


def pick(row: Mapping[str, Any], names: Sequence[str], properties: Mapping[str, Any]) -> JsonObject:
    """Keeps the named properties, and the annotations, which are never selected away.

    What the row does not have is answered as `properties` says: null, or an empty collection.
    """
    annotations = {name: value for name, value in row.items() if name.startswith("@odata.")}
    return annotations | {name: row.get(name, properties[name]) for name in names}
