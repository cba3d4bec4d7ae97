"""What the documents say of the code is what the code says."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import validate

from local.demo.feed import FIELDS
from shared.approval_codes import MESSAGES as APPROVAL_MESSAGES
from shared.codes import MESSAGES, WarningCode
from shared.graph.permissions import ENDPOINTS, MAIL_BY_EXCHANGE_RBAC

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = [
    ("A change request", "change-request"),
    ("A completion event", "completion-event"),
    ("A held request", "held-event"),
    ("An approval", "approval"),
]
CONTRACTS = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")


def test_every_code_is_documented_with_its_sentence() -> None:
    table = CONTRACTS.partition("<!-- codes:")[2].partition("Warnings stand")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", table, re.MULTILINE)
    assert rows == [(code.value, sentence) for code, sentence in MESSAGES.items()]


def test_every_code_of_an_approval_is_documented_with_its_sentence() -> None:
    table = CONTRACTS.partition("<!-- approval codes:")[2].partition("Anybody who may send")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", table, re.MULTILINE)
    assert rows == [(code.value, sentence) for code, sentence in APPROVAL_MESSAGES.items()]


@pytest.mark.parametrize(("title", "schema"), EXAMPLES)
def test_every_example_of_the_contracts_fits_its_schema(title: str, schema: str) -> None:
    text = CONTRACTS.partition(f"\n## {title}\n")[2].partition("```json")[2].partition("```")[0]
    validate(json.loads(text), json.loads((ROOT / "docs" / "schemas" / f"{schema}.schema.json").read_text("utf-8")))


def test_every_warning_is_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", CONTRACTS.partition("Warnings stand")[2], re.MULTILINE)
    assert rows == [warning.value for warning in WarningCode]


def test_every_column_of_a_feed_is_documented() -> None:
    text = (ROOT / "docs" / "feed.md").read_text(encoding="utf-8")
    assert [field for field in FIELDS if f"`{field}`" not in text] == []


def test_every_permission_that_the_app_needs_is_named_in_the_readme() -> None:
    needed = {name for endpoint in ENDPOINTS for name in endpoint.least_permissions} - {MAIL_BY_EXCHANGE_RBAC}
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in needed if f"`{name}`" not in text] == []


@pytest.mark.parametrize(
    "document", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name
)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_test_that_the_promises_name_exists() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(test_\w+\.py)", text))
    assert len(named) > 15
    assert named <= {path.name for path in (ROOT / "tests").rglob("test_*.py")}


def test_every_promise_stands_in_the_readme_and_in_the_document_that_says_how_it_is_kept() -> None:
    for name in ("README.md", "docs/reliability.md"):
        rows = re.findall(r"^\| P(\d+) \|", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        assert rows == [str(number) for number in range(1, 16)], name
