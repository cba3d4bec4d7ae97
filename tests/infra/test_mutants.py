"""The list of mutants does not rot: each changes one place that exists, and the test that must notice exists."""

import ast
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from scripts import mutants
from scripts.mutants import ROOT, Mutant, MutantError, chosen, main, read_mutants

MUTANTS = read_mutants()
# What only holds values, and what only names.
WITHOUT_A_MECHANISM = {"__init__.py", "parts.py", "intents.py"}


@cache
def functions_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_changes_one_place_that_exists_and_names_a_test_that_exists(mutant: Mutant) -> None:
    assert mutant.applied(ROOT) != (ROOT / mutant.file).read_text(encoding="utf-8")
    file, _, test = mutant.test.partition("::")
    assert test in functions_of(file)


def test_every_part_of_a_change_has_a_mutant() -> None:
    parts = {file.name for file in (ROOT / "shared" / "change").glob("*.py")} - WITHOUT_A_MECHANISM
    assert parts <= {Path(mutant.file).name for mutant in MUTANTS}


def test_a_pattern_that_is_gone_or_stands_twice_is_told_with_the_mutants_name() -> None:
    for before in ("what nobody wrote", "    "):
        with pytest.raises(MutantError, match=f"{MUTANTS[0].name}: its pattern occurs"):
            replace(MUTANTS[0], before=before).applied(ROOT)


def test_a_mutant_that_is_no_python_is_told_instead_of_counted_as_killed() -> None:
    with pytest.raises(MutantError, match="no Python"):
        replace(MUTANTS[0], after=")").applied(ROOT)


def test_a_name_that_there_is_not_is_told() -> None:
    with pytest.raises(MutantError, match="no mutant named x"):
        chosen(MUTANTS, ["x"])


def test_a_name_that_stands_twice_is_told(tmp_path: Path) -> None:
    file = tmp_path / "twice.toml"
    file.write_text(2 * mutants.LIST.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(MutantError, match="stand twice"):
        read_mutants(file)


@pytest.mark.parametrize(
    "expected",
    [
        (0, 1, 0, "1 mutants, 1 killed, 0 survived"),
        (0, 0, 1, "1 mutants, 0 killed, 1 survived"),
        (0, None, 0, "hung"),
        (0, 4, 2, "could not be run"),
        (1, 1, 2, "Without any mutant the tests do not pass"),
    ],
    ids=["killed", "survived", "hung", "its test is gone", "its test fails anyway"],
)
def test_the_exit_status_says_whether_one_survived(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    expected: tuple[int, int | None, int, str],
) -> None:
    without, with_it, status, told = expected
    answers = iter([without, with_it])
    mutant = MUTANTS[0]

    def pytest_in_the_copy(copy: Path, tests: list[str], *, patience: float) -> tuple[int | None, str]:
        assert (copy, patience) != (ROOT, 0.0)
        assert tests == [mutant.test]
        return next(answers), ""

    monkeypatch.setattr(mutants, "_pytest", pytest_in_the_copy)
    monkeypatch.setattr(sys, "argv", ["mutants", "--only", mutant.name])
    before = (ROOT / mutant.file).read_bytes()
    assert main() == status
    said = capsys.readouterr()
    assert told in said.out + said.err
    assert (ROOT / mutant.file).read_bytes() == before
