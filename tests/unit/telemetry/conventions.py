"""Reads the names out of OpenTelemetry's package of semantic conventions."""

import importlib
import pkgutil
from types import ModuleType


def words_of(package: ModuleType) -> set[str]:
    """Gives every name that the modules of a package define as a constant."""
    modules = [
        importlib.import_module(found.name) for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return {
        value
        for module in (package, *modules)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }
