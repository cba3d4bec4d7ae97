"""The broker's modules import each other in one direction, type checking included, so that each can be read alone."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import local.servicebus

PACKAGE = "local.servicebus"
FOLDER = Path(local.servicebus.__file__).parent


def imports(name: str, source: str, modules: set[str]) -> set[str]:
    """Gives the modules of the package that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(PACKAGE):
            inner = {f"{node.module}.{each.name}" for each in node.names}
            found |= (inner & modules) or {node.module}
    return found - {name}


def sources() -> dict[str, str]:
    paths = {path: path.relative_to(FOLDER).with_suffix("").parts for path in FOLDER.rglob("*.py")}
    named = {".".join((PACKAGE, *parts)).removesuffix(".__init__"): path for path, parts in paths.items()}
    return {name: path.read_text(encoding="utf-8") for name, path in named.items()}


def in_order(told: dict[str, str]) -> list[str]:
    """Gives the modules so that each comes after all that it imports. Raises CycleError."""
    graph = {name: imports(name, source, set(told)) for name, source in told.items()}
    return list(TopologicalSorter(graph).static_order())


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert len(in_order(sources())) == len(sources())


def test_a_circle_is_found_even_behind_type_checking() -> None:
    forged = sources() | {
        f"{PACKAGE}.carrier": "if TYPE_CHECKING:\n    from local.servicebus.session import Session",
    }
    with pytest.raises(CycleError):
        in_order(forged)
