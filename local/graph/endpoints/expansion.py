"""$expand: which relationships come along, and which properties of them."""

from collections.abc import Sequence

from local.graph.endpoints.call import Call
from local.graph.errors import BadRequestError


def expansions(call: Call, known: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Reads what is to be expanded, each with what its nested $select names; nothing where it has none."""
    found = {}
    for expansion in call.options.expand:
        given = expansion.partition("(")[0].strip()
        name = next((each for each in known if each.lower() == given.lower()), None)
        if name is None:
            message = f"The twin does not expand '{given}' here."
            raise BadRequestError(message)
        found[name] = _nested_select(expansion)
    return found


def _nested_select(expansion: str) -> tuple[str, ...]:
    """Reads `manager($select=id,mail)`."""
    options = expansion.partition("(")[2].removesuffix(")")
    name, _, wanted = options.partition("=")
    if not options:
        return ()
    if name.strip().lower() not in {"$select", "select"}:
        message = f"The twin does not know the option '{name.strip()}' within $expand."
        raise BadRequestError(message)
    return tuple(part.strip() for part in wanted.split(","))
