"""What goes into the package: our own code, and of each dependency what may run."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.package.reachable import PACKAGE, Library, reachable, said_by

SITE_PACKAGES: Final = Path(".python_packages", "lib", "site-packages")
OUR_FOLDERS: Final = ("functions", "shared")
OUR_FILES: Final = ("function_app.py", "host.json", "policy.json")
# Data that a library reads only through the module named beside it, which nobody here imports.
LEFT_OUT: Final = {
    "phonenumbers/geodata": "phonenumbers.geocoder",
    "phonenumbers/carrierdata": "phonenumbers.carrier",
    "phonenumbers/tzdata": "phonenumbers.timezone",
}
# Sources of what is compiled, types, and what an installer notes for itself. A distribution's metadata, licences and
# entry points stay: OpenTelemetry finds its parts by entry points, and licences want to be passed on.
_NEVER: Final = re.compile(
    r"""
    ^bin/ | (^|/)(__pycache__|tests)/ | -stubs/ | (^|/)\.lock$
    | \.(pyi|pyx|pxd|pxi|c|h|hpp|cpp|md5|pyc)$
    | \.dist-info/((RECORD|INSTALLER|REQUESTED|WHEEL)$ | direct_url\.json | uv_cache\.json | sboms/)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Selected:
    """Files of the installed dependencies: how many there were, and which are kept, by their path there."""

    installed: int
    kept: tuple[Path, ...]


def our_files(root: Path) -> Iterator[Path]:
    """Gives our own files by their path in the repository."""
    yield from (Path(name) for name in OUR_FILES)
    for folder in OUR_FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file.relative_to(root)


def selected(root: Path, installed: Path) -> Selected:
    """Chooses what is kept of the dependencies."""
    files = sorted(file.relative_to(installed) for file in installed.rglob("*") if file.is_file())
    ours = [root / file for file in our_files(root) if file.suffix == ".py"]
    modules = reachable(Library(installed), said_by(ours))
    kept = [file for file in files if _may_run(file) and (file.parts[0] != PACKAGE or _module(file) in modules)]
    return Selected(len(files), tuple(kept))


def lay_out(root: Path, installed: Path, chosen: Selected, app: Path) -> None:
    """Copies everything into the folder of the app."""
    for file in our_files(root):
        _copy(root / file, app / file)
    for file in chosen.kept:
        _copy(installed / file, app / SITE_PACKAGES / file)


def _may_run(file: Path) -> bool:
    path = file.as_posix()
    return not _NEVER.search(path) and not any(path.startswith(f"{folder}/") for folder in LEFT_OUT)


def _module(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
