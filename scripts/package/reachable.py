"""Which modules of msgraph-sdk our code can reach. It has 16,700; we need some 3,700.

The SDK imports most of its modules inside of functions, so what runs today says nothing of tomorrow. What is reachable
follows from the code instead: everything that a kept module imports anywhere is kept, with one exception. A request
builder imports another one inside the property or method that leads there, such as `users` or `by_user_id`; where no
line of ours says that name, nobody can take that way.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

PACKAGE = "msgraph"
_BUILDERS = ("_request_builder", "graph_service_client")


class Import(NamedTuple):
    """A module that is imported, and the function that does it; none at the module's own level."""

    module: str
    function: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What our code says of the SDK: the modules that it imports, and every name that stands after a dot."""

    modules: frozenset[str]
    names: frozenset[str]


@dataclass(slots=True)
class Library:
    """The SDK's modules by name, in a folder of packages."""

    folder: Path
    files: Mapping[str, Path] = field(init=False)

    def __post_init__(self) -> None:
        self.files = {_name(file, self.folder): file for file in (self.folder / PACKAGE).rglob("*.py")}

    def imports(self, module: str) -> Iterator[Import]:
        """Gives what a module imports at run time, at any depth."""
        file = self.files[module]
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        for node, function in _running(ast.parse(file.read_bytes()), None):
            for name in _imported(node, package):
                if name in self.files:
                    yield Import(name, function)


def said_by(sources: list[Path]) -> Said:
    """Reads our own code."""
    modules, names = set[str](), set[str]()
    for source in sources:
        for node in ast.walk(ast.parse(source.read_bytes())):
            modules.update(_imported(node, ""))
            if isinstance(node, ast.Attribute):
                names.add(node.attr)
    return Said(frozenset(modules), frozenset(names))


def reachable(library: Library, said: Said) -> frozenset[str]:
    """Gives the modules that our code may come to import, with the packages that they are in."""
    kept = set[str]()
    waiting = [name for name in said.modules if name in library.files]
    while waiting:
        module = waiting.pop()
        if module in kept:
            continue
        kept.add(module)
        waiting += _packages_of(module, library)
        waiting += [found.module for found in library.imports(module) if _can_be_taken(module, found, said)]
    return frozenset(kept)


def _can_be_taken(module: str, found: Import, said: Said) -> bool:
    leads_on = _is_builder(module) and _is_builder(found.module) and found.function is not None
    return not leads_on or found.function in said.names


def _is_builder(module: str) -> bool:
    return module.endswith(_BUILDERS)


def _packages_of(module: str, library: Library) -> list[str]:
    parts = module.split(".")
    names = [".".join(parts[:length]) for length in range(1, len(parts))]
    return [name for name in names if name in library.files]


def _running(node: ast.AST, function: str | None) -> Iterator[tuple[ast.AST, str | None]]:
    """Walks what runs: what stands under TYPE_CHECKING does not."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        yield child, inner
        yield from _running(child, inner)


def _imported(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        yield base
        yield from (f"{base}.{alias.name}" for alias in node.names)


def _name(file: Path, folder: Path) -> str:
    return ".".join(file.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
