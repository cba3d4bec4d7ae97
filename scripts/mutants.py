"""Takes one safety mechanism out at a time and sees whether the test that guards it notices: `make mutants`.

The mutants stand in scripts/mutants.toml. Each is applied to a copy of the tree, so that the tree itself stays as it
is. Exit status 0: every mutant was killed; 1: one survived; 2: the list, or the tree, is not in order.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIST = Path(__file__).with_name("mutants.toml")
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "node_modules", "benchmarks")
_LINKED = (".venv", "node_modules")
# The slowest of them starts Azurite; what hangs for longer than this would hang for ever.
_PATIENCE = 120.0
_FAILED = 1  # pytest's exit status where tests ran and some did not pass


class MutantError(Exception):
    """The list of mutants, or the tree, is not in order."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mechanism taken out: `before` in `file` becomes `after`, and `test` must fail."""

    name: str
    takes_out: str
    file: str
    before: str
    after: str
    test: str

    def applied(self, root: Path) -> str:
        """Gives the mutated source. Raises MutantError where the pattern does not occur exactly once."""
        source = (root / self.file).read_text(encoding="utf-8")
        found = source.count(self.before)
        if found != 1:
            message = f"{self.name}: its pattern occurs {found} times in {self.file}, not once. Adapt {LIST.name}."
            raise MutantError(message)
        mutated = source.replace(self.before, self.after)
        try:
            compile(mutated, self.file, "exec")
        except SyntaxError as fault:
            message = f"{self.name}: {self.file} is no Python any more, line {fault.lineno}. Adapt {LIST.name}."
            raise MutantError(message) from fault
        return mutated


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mutant."""

    mutant: Mutant
    word: str
    seconds: float

    @property
    def survived(self) -> bool:
        """Whether no test noticed."""
        return self.word == "SURVIVED"

    def __str__(self) -> str:
        return f"{self.mutant.name:<36} {self.word:<9} {self.seconds:5.1f} s  {self.mutant.test}"


def read_mutants(path: Path = LIST) -> list[Mutant]:
    """Reads the list. Raises MutantError where a name stands twice or a mutant changes nothing."""
    mutants = [Mutant(**fields) for fields in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]]
    names = [mutant.name for mutant in mutants]
    odd = {name for name in names if names.count(name) > 1}
    odd |= {mutant.name for mutant in mutants if mutant.before == mutant.after}
    if odd:
        message = f"These mutants stand twice or change nothing: {', '.join(sorted(odd))}."
        raise MutantError(message)
    return mutants


def chosen(mutants: list[Mutant], names: list[str]) -> list[Mutant]:
    """Gives the mutants of these names, or all of them. Raises MutantError for a name that there is not."""
    unknown = set(names) - {mutant.name for mutant in mutants}
    if unknown:
        message = f"There is no mutant named {', '.join(sorted(unknown))}: see --list."
        raise MutantError(message)
    return [mutant for mutant in mutants if not names or mutant.name in names]


def run(mutants: list[Mutant]) -> Iterator[Fate]:
    """Tries each mutant in a copy of the tree. Raises MutantError where the tests fail without any."""
    for mutant in mutants:
        mutant.applied(ROOT)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=_LEFT_OUT, symlinks=True)
        for name in _LINKED:
            (copy / name).symlink_to(ROOT / name)
        _expect_green(copy, mutants)
        for mutant in mutants:
            yield _tried(copy, mutant)


def _expect_green(copy: Path, mutants: list[Mutant]) -> None:
    """A test that fails anyway would kill every mutant."""
    tests = sorted({mutant.test for mutant in mutants})
    status, output = _pytest(copy, tests, patience=_PATIENCE + 10 * len(tests))
    if status != 0:
        message = f"Without any mutant the tests do not pass:\n{output}"
        raise MutantError(message)


def _tried(copy: Path, mutant: Mutant) -> Fate:
    file = copy / mutant.file
    source = file.read_text(encoding="utf-8")
    started = time.monotonic()
    try:
        file.write_text(mutant.applied(copy), encoding="utf-8")
        status, output = _pytest(copy, [mutant.test], patience=_PATIENCE)
    finally:
        file.write_text(source, encoding="utf-8")
    if status not in {None, 0, _FAILED}:
        message = f"{mutant.name}: its test could not be run:\n{output}"
        raise MutantError(message)
    word = {None: "hung", 0: "SURVIVED"}.get(status, "killed")
    return Fate(mutant, word, time.monotonic() - started)


def _pytest(copy: Path, tests: list[str], *, patience: float) -> tuple[int | None, str]:
    """Runs tests and gives pytest's exit status, None where it had to be stopped, and what it said last."""
    # No byte code: two sources of one length within one second would pass for one.
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "--tb=no", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(  # noqa: S603 - our own tests
            command, cwd=copy, capture_output=True, text=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, "\n".join((done.stdout + done.stderr).splitlines()[-20:])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.mutants", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--list", action="store_true", help="list the mutants and what each of them takes out")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="try this one; may be repeated")
    return parser.parse_args()


def main() -> int:
    """Runs the command."""
    arguments = _arguments()
    try:
        mutants = chosen(read_mutants(), arguments.only)
        if arguments.list:
            print("\n".join(f"{mutant.name:<36} {mutant.takes_out}" for mutant in mutants))  # noqa: T201 - the answer
            return 0
        fates = []
        for fate in run(mutants):
            print(fate, flush=True)  # noqa: T201 - the answer
            fates.append(fate)
    except MutantError as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - the answer
        return 2
    survivors = sum(fate.survived for fate in fates)
    print(f"{len(fates)} mutants, {len(fates) - survivors} killed, {survivors} survived")  # noqa: T201 - the answer
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
