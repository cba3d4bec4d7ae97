"""`python -m scripts.package`: builds the deployment package, or audits what would be in it."""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from scripts.package.archive import CannotCompileError
from scripts.package.audit import Status, audit
from scripts.package.bill import BadBillError
from scripts.package.build import Built, NotOursError, build
from scripts.package.dependencies import CannotInstallError

ROOT = Path(__file__).parent.parent.parent
_MEGABYTE = 1_000_000
_STOPPED = 130


def main() -> int:
    """Runs the command.

    Status 0: built, or nothing found; 1: could not be built, or vulnerable; 3: not checked; 130: stopped.
    """
    told = _parser().parse_args()
    if told.work == "audit":
        return _audited()
    # To the error stream: what is built, and nothing else, is the command's answer.
    progress = Console(stderr=True)
    try:
        built = build(ROOT, told.out.resolve(), lambda line: progress.print(f"{line} ..."))
    except (CannotInstallError, CannotCompileError, BadBillError, NotOursError, OSError) as fault:
        progress.print(f"The package could not be built. {fault}", style="bold", markup=False)
        return 1
    except KeyboardInterrupt:
        progress.print("Stopped; what was built so far is no package.")
        return _STOPPED
    Console().print(_table(built))
    # Whole, in a line of their own: they are there to be copied.
    print(f"SHA-256 {built.digest}\n{built.package}")  # noqa: T201 - the command's answer
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.package",
        description="Builds the deployment package for Azure Functions Flex Consumption (Linux x86-64, Python 3.13).",
    )
    parser.add_argument("work", nargs="?", choices=("build", "audit"), default="build", help="default: %(default)s")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "dist", metavar="DIR", help="where it is built (default: dist/)"
    )
    return parser


def _audited() -> int:
    answer = audit(ROOT / "requirements.txt")
    console = Console(stderr=answer.status is not Status.CLEAN)
    for line in answer.lines:
        console.print(line, markup=False)
    return answer.status


def _table(built: Built) -> Table:
    table = Table(show_header=False, box=None)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    rows = {
        "deployed as": str(built.app),
        "zip": f"{built.package.name} ({built.bytes / _MEGABYTE:.1f} MB)",
        "bill of materials": f"{built.bill.name} ({built.components} components)",
        "dependencies": f"{built.kept_files:,} files of {built.installed_files:,}; {built.modules:,} modules compiled",
        "biggest": ", ".join(f"{name} {size / _MEGABYTE:.1f} MB" for name, size in built.biggest),
    }
    for name, value in rows.items():
        table.add_row(name, value, style=None)
    return table


if __name__ == "__main__":
    sys.exit(main())
