"""Compiles a folder of modules beside their sources: `python -I -S compiling.py FOLDER` prints their number.

A program of its own, because whether two objects of the bytecode are shared depends on what else the process has
interned: only a fresh interpreter gives the same bytes each time. The bytecode names its source by the path within the
folder and is not compared with it at import (PEP 552): neither the place nor the time of the build gets into it.
"""

import py_compile
import sys
from pathlib import Path


def compile_all(folder: Path) -> int:
    """Compiles every module. Raises py_compile.PyCompileError."""
    sources = sorted(folder.rglob("*.py"), key=lambda source: source.relative_to(folder).as_posix())
    for source in sources:
        py_compile.compile(
            str(source),
            dfile=source.relative_to(folder).as_posix(),
            doraise=True,
            optimize=0,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    return len(sources)


if __name__ == "__main__":
    print(compile_all(Path(sys.argv[1])))  # noqa: T201 - its answer
