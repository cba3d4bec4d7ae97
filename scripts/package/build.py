"""Builds the package: install, choose, lay out, compile, pack, and list what is in it."""

import shutil
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.package.archive import biggest, compiled, write_hash, write_zip
from scripts.package.bill import write_bill
from scripts.package.contents import SITE_PACKAGES, lay_out, selected
from scripts.package.dependencies import install

_MARKER = ".mfa-phone-change-package"


class NotOursError(Exception):
    """A folder that would be cleared was not made by a build."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} was not made by a build, and is left alone: name another folder with --out.")


@dataclass(frozen=True, slots=True)
class Built:
    """What was built."""

    app: Path
    package: Path
    bill: Path
    digest: str
    installed_files: int
    kept_files: int
    modules: int
    components: int
    biggest: Sequence[tuple[str, int]]

    @property
    def bytes(self) -> int:
        """The size of the zip."""
        return self.package.stat().st_size


def build(root: Path, out: Path, tell: Callable[[str], object] = lambda _: None) -> Built:
    """Builds `app/`, the zip, its hash and its bill of materials into a folder. Raises CannotInstallError, OSError."""
    name, version = _product(root)
    app, package, bill = out / "app", out / f"{name}.zip", out / f"{name}.cdx.json"
    _clear(out, app, (package, bill, package.with_name(f"{package.name}.sha256")))
    with tempfile.TemporaryDirectory(dir=out, prefix=".installed-") as folder:
        installed = Path(folder)
        tell("Installing the pinned dependencies for Azure")
        install(root / "requirements.txt", installed)
        tell("Finding out which modules can be reached")
        chosen = selected(root, installed)
        lay_out(root, installed, chosen, app)
    tell("Compiling")
    modules = compiled(app)
    tell("Packing")
    digest = write_zip(app, package)
    write_hash(package, digest)
    components = write_bill(app / SITE_PACKAGES, name, version, digest, bill)
    parts = biggest(app, SITE_PACKAGES)
    return Built(app, package, bill, digest, chosen.installed, len(chosen.kept), modules, components, parts)


def _clear(out: Path, app: Path, files: Sequence[Path]) -> None:
    """Takes an earlier build away before the new one begins: a zip must not lie beside another build's app.

    Raises NotOursError where something lies there that no build has made.
    """
    out.mkdir(parents=True, exist_ok=True)
    marker = out / _MARKER
    if app.exists() and not marker.exists():
        raise NotOursError(app)
    marker.touch()
    for file in files:
        file.unlink(missing_ok=True)
    shutil.rmtree(app, ignore_errors=True)


def _product(root: Path) -> tuple[str, str]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["name"]), str(project["version"])
