"""`docs/policy.md` says what the code does, and every command in it runs."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from shared.codes import Code
from shared.document_tables import with_tables
from shared.explain.case_run import run_cases
from shared.explain.command import main
from shared.explain.decision_table import tables
from shared.policy.catalogue import ENTRIES
from shared.policy.decide import RULES
from shared.policy.exceptions import PolicyException
from shared.policy.load import load_policy, parse_policy
from shared.policy.rule import Rule
from shared.policy.tripwires import Tripwires

ROOT = Path(__file__).parent.parent.parent.parent
DOCUMENT = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
JSON_BLOCKS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)]
COMMANDS = re.findall(r"^\$ python -m shared\.policy (.+)\n((?:(?!\$|```).*\n)*)", DOCUMENT, re.MULTILINE)


def test_the_tables_are_those_of_the_code() -> None:
    """`python -m shared.policy table --write docs/policy.md` makes them anew."""
    assert with_tables(DOCUMENT, tables()) == DOCUMENT


def test_a_table_that_was_changed_by_hand_is_found_out() -> None:
    forged = DOCUMENT.replace("| `cool_down` |", "| `cooldown` |")
    assert with_tables(forged, tables()) == DOCUMENT != forged


def test_a_document_without_a_place_for_a_table_is_told() -> None:
    with pytest.raises(ValueError, match="no place for the table rules"):
        with_tables("# Policy\n", tables())


def test_every_rule_stands_in_both_tables() -> None:
    for name in ("rules", "sentences"):
        rows = re.findall(r"^\| `(\w+)` \|", tables()[name], re.MULTILINE)
        assert rows == [entry.code.value for entry in ENTRIES]


def test_every_tripwire_is_described() -> None:
    section = DOCUMENT.partition("## Tripwires")[2].partition("\n## ")[0]
    assert [field.alias for field in Tripwires.model_fields.values() if f"`{field.alias}`" not in section] == []


@pytest.mark.parametrize(("command", "told"), COMMANDS, ids=[command.split()[0] for command, _ in COMMANDS])
def test_every_command_runs_and_says_what_the_document_shows(
    command: str,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copy(ROOT / "policy.json", tmp_path)
    for name in ("request", "tenant", "history"):
        file = re.search(rf"`{name}\.json`.*?```json\n(.*?)```", DOCUMENT, re.DOTALL)
        assert file is not None
        (tmp_path / f"{name}.json").write_text(file[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(command.split()) == 0
    said = capsys.readouterr().out
    for part in told.rstrip().split("...\n"):
        assert part.removesuffix("...").strip("\n") in said


def test_the_documents_exception_and_its_case_are_ones() -> None:
    (exception,) = (PolicyException.model_validate(block) for block in JSON_BLOCKS if "expires" in block)
    assert exception.owner
    cases = [block for block in JSON_BLOCKS if "expect" in block]
    shipped = json.loads((ROOT / "policy.json").read_text(encoding="utf-8"))
    (result,) = run_cases(parse_policy(json.dumps({**shipped, "tests": cases}), "p").rules)
    assert result.passed


def test_the_shipped_policy_decides_its_own_cases_as_it_says() -> None:
    results = run_cases(load_policy(ROOT / "policy.json").rules)
    assert [result for result in results if not result.passed] == []
    fired = {code for result in results for code in result.codes}
    # It is off as shipped.
    assert {entry.code for entry in ENTRIES} - fired == {"password_just_changed"}


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.code is not Code.PASSWORD_JUST_CHANGED], ids=lambda rule: rule.code
)
def test_no_rule_can_fall_silent_without_a_case_that_fails(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = tuple(replace(each, objection=lambda _: None) if each is rule else each for each in RULES)
    monkeypatch.setattr("shared.policy.decide.RULES", silent)
    assert [result for result in run_cases(load_policy(ROOT / "policy.json").rules) if not result.passed]
