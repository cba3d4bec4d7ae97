"""The deployment zip: the same files give the same bytes, wherever and whenever it is built."""

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

# The earliest that a zip can say.
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o100644 << 16
_LEVEL: Final = 6


class CannotCompileError(Exception):
    """A module is no Python; the message is the compiler's own."""


def compiled(app: Path) -> int:
    """Compiles every module of a folder in a fresh interpreter, and gives their number. Raises CannotCompileError."""
    program = Path(__file__).with_name("compiling.py")
    command = [sys.executable, "-I", "-S", str(program), str(app)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONHASHSEED": "0"})  # noqa: S603 - our own interpreter
    if done.returncode:
        raise CannotCompileError(done.stderr.strip())
    return int(done.stdout)


def write_zip(app: Path, target: Path) -> str:
    """Packs a folder and gives the zip's SHA-256 in hex."""
    files = sorted(file for file in app.rglob("*") if file.is_file())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as packed:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(app).as_posix(), _MOMENT)
            entry.external_attr, entry.compress_type, entry.create_system = _MODE, zipfile.ZIP_DEFLATED, 3
            packed.writestr(entry, file.read_bytes(), compresslevel=_LEVEL)
    return sha256(target)


def sha256(file: Path) -> str:
    """Gives a file's SHA-256 in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_hash(target: Path, digest: str) -> Path:
    """Writes the hash beside the zip, as `sha256sum --check` reads it."""
    beside = target.with_name(f"{target.name}.sha256")
    beside.write_text(f"{digest}  {target.name}\n", encoding="utf-8")
    return beside


def biggest(app: Path, within: Path, most: int = 6) -> Sequence[tuple[str, int]]:
    """Gives the biggest packages of a folder in the app, with their bytes."""
    sizes = {
        part.name: sum(file.stat().st_size for file in part.rglob("*") if file.is_file())
        for part in (app / within).iterdir()
    }
    return sorted(sizes.items(), key=lambda each: (-each[1], each[0]))[:most]
