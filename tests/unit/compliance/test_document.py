"""The catalogue is whole, and `docs/sweep-rules.md` says what it says."""

import re
from pathlib import Path

import pytest

from shared.compliance.__main__ import main
from shared.compliance.catalogue import CATALOGUE, ENTRIES
from shared.compliance.finding import ComplianceCode
from shared.compliance.judging import RULES
from shared.compliance.rule_tables import tables
from shared.document_tables import with_tables
from shared.policy.exceptions import EXCUSABLE_IN_SWEEP
from shared.policy.load import load_policy
from shared.policy.sweep import PasskeyNotices, Remediation, SweepRules

ROOT = Path(__file__).parent.parent.parent.parent
FILE = ROOT / "docs" / "sweep-rules.md"
DOCUMENT = FILE.read_text(encoding="utf-8")
POLICY_DOCUMENT = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
# Whom this one concerns is nobody; all others are asked of each person.
OF_POLICY = ComplianceCode.EXCEPTION_EXPIRING


def test_every_code_has_an_entry_and_every_entry_of_a_person_a_rule_in_the_same_order() -> None:
    assert [entry.code for entry in ENTRIES] == list(ComplianceCode) == list(CATALOGUE)
    assert [rule.code for rule in RULES] == [code for code in ComplianceCode if code is not OF_POLICY]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_an_entry_says_everything_in_few_words(entry: object) -> None:
    (found,) = (each for each in ENTRIES if each is entry)
    assert 0 < len(found.title) <= 36
    assert found.question.endswith("?")
    assert found.advice.endswith(".")
    assert ". " not in found.advice
    assert bool(found.unknown) is (found.code is not OF_POLICY)
    assert found.excusable is (found.code in EXCUSABLE_IN_SWEEP)
    assert len({str(control) for control in found.controls}) == len(found.controls)


def test_the_tables_are_those_of_the_code() -> None:
    """`python -m shared.compliance docs/sweep-rules.md` makes them anew."""
    assert with_tables(DOCUMENT, tables()) == DOCUMENT


def test_a_table_that_was_changed_by_hand_is_found_out() -> None:
    forged = DOCUMENT.replace("| `phone_only` |", "| `phoneonly` |")
    assert with_tables(forged, tables()) == DOCUMENT != forged


def test_a_document_without_a_place_for_a_table_is_told() -> None:
    with pytest.raises(ValueError, match="no place for the table rules"):
        with_tables("# Rules\n", tables())


def test_every_rule_stands_in_both_tables() -> None:
    for name in ("rules", "advice"):
        assert re.findall(r"^\| `(\w+)` \|", tables()[name], re.MULTILINE) == [code.value for code in ComplianceCode]


def test_the_command_prints_the_tables_and_puts_them_into_a_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([])
    assert tables()["controls"] in capsys.readouterr().out
    copy = tmp_path / "rules.md"
    copy.write_text(DOCUMENT.replace("| `phone_only` |", "| `phoneonly` |"), encoding="utf-8")
    main([str(copy)])
    assert copy.read_text(encoding="utf-8") == DOCUMENT


@pytest.mark.parametrize("part", [SweepRules, Remediation, PasskeyNotices])
def test_every_field_of_policys_part_is_described(part: type[SweepRules | Remediation | PasskeyNotices]) -> None:
    section = POLICY_DOCUMENT.partition("## The sweep")[2].partition("\n## ")[0]
    assert [field.alias for field in part.model_fields.values() if f"`{field.alias}`" not in section] == []


def test_the_shipped_policy_says_every_field_and_nothing_but_the_defaults() -> None:
    rules = load_policy(ROOT / "policy.json").rules.sweep
    assert rules == SweepRules()
    assert rules.model_fields_set == set(SweepRules.model_fields)
