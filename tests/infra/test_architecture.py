"""Who may import whom, and how large things may grow."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PURE = (
    "codes",
    "directory_user",
    "errors",
    "outcome",
    "plan",
    "planning",
    "record",
    "messages",
    "phone",
    "policy",
    "explain",
    "approval_codes",
    "approvals.rule",
    "brake_state",
    "change_history",
    "request_hold",
    "stale_reads",
    "contract_fields",
    "document_tables",
    "json_text",
    "told_faults",
    "keyed_hash",
    "brake.rule",
    "compliance",
    "sweep.follow_up",
    "sweep.kinds",
    "sweep.ordering",
    "sweep.remedy_request",
    "sweep.waves",
    "sweep.words",
    "sweep.work_file",
    "change.doubt",
    "change.intents",
    "exception_report.ending",
    "monitor.address",
    "monitor.answer",
    "notify.dates",
    "notify.mail",
    "notify.user_sentences",
    "notify.user_sentences_de",
    "notify.user_sentences_en",
    "notify.warning_sentences",
    "notify.notice",
    "backoff",
    "change.settlement",
    "reconciliation.findings",
    "reconciliation.matching",
    "graph.sweeping.phone_seen",
    "graph.sweeping.user_methods",
    "sweep_report.burn_down",
    "sweep_report.csv_lines",
    "sweep_report.embedded",
    "sweep_report.figures",
    "sweep_report.finding_line",
    "sweep_report.headline",
    "sweep_report.json_lines",
    "sweep_report.pace",
    "sweep_report.standing",
)
# The parts of these that read files and print.
SHELLS = (
    "shared.policy.load",
    "shared.policy.__main__",
    "shared.explain.command",
    "shared.compliance.__main__",
)
PURE_LIBRARIES = {
    "__future__", "base64", "collections", "dataclasses", "datetime", "difflib", "email", "enum", "hashlib", "hmac",
    "json", "math", "re", "struct", "typing", "unicodedata", "uuid", "phonenumbers", "pydantic",
}  # fmt: skip
LONGEST_MODULE = 250


def python_files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def module_name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("shared", ("functions", "local", "cli", "tests", "azure.functions")),
        ("functions", ("local", "cli", "tests", "msgraph", "shared.policy", "shared.graph")),
        ("local", ("functions", "cli", "tests")),
    ],
)
def test_imports_point_in_one_direction(folder: str, forbidden: tuple[str, ...]) -> None:
    found = [
        f"{module_name(file)} imports {name}"
        for file in python_files(folder)
        for name in imports(file)
        if any(name == root or name.startswith(f"{root}.") for root in forbidden)
    ]
    assert found == []


def test_policy_decides_and_knows_neither_the_plan_nor_who_explains_it_or_tells_of_it() -> None:
    """But for the command that goes by its name."""
    others = ("shared.plan", "shared.planning", "shared.notify", "shared.explain")
    found = [
        f"{module_name(file)} imports {name}"
        for file in python_files("shared/policy")
        if module_name(file) != "shared.policy.__main__"
        for name in imports(file)
        if any(f"{name}.".startswith(f"{other}.") for other in others)
    ]
    assert found == []


def test_what_decides_does_no_io_and_knows_no_clock() -> None:
    pure = [
        file
        for file in python_files("shared")
        if any(f"{module_name(file)}.".startswith(f"shared.{name}.") for name in PURE)
        and module_name(file) not in SHELLS
    ]
    assert len(pure) > len(PURE)
    found = [
        f"{module_name(file)} imports {name}"
        for file in pure
        for name in imports(file)
        if name.partition(".")[0] not in PURE_LIBRARIES
        and (name in SHELLS or not any(f"{name}.".startswith(f"shared.{part}.") for part in PURE))
    ]
    assert found == []
    assert [module_name(file) for file in pure if ".now(" in file.read_text(encoding="utf-8")] == []


def test_nothing_that_runs_in_azure_speaks_of_the_machine_at_home() -> None:
    words = ("azurite", "emulator", "local/", "local.", "twin")
    for file in [*python_files("shared", "functions"), ROOT / "function_app.py"]:
        text = file.read_text(encoding="utf-8").lower().replace("local.settings", "")
        assert [word for word in words if word in text] == [], file


def test_the_clear_number_is_asked_for_where_it_is_sent_restored_or_encrypted_and_nowhere_else() -> None:
    found = [module_name(file) for file in python_files("shared") if ".in_clear()" in file.read_text(encoding="utf-8")]
    assert found == [
        "shared.change.undoing",
        "shared.graph.phone_methods",
        "shared.phone.number",
        "shared.sweep.remedy_request",
        "shared.tables.previous_text",
    ]


@pytest.mark.parametrize("folder", ["shared", "functions", "local"])
def test_modules_stay_small(folder: str) -> None:
    long = {module_name(file): lines for file in python_files(folder) if (lines := line_count(file)) > LONGEST_MODULE}
    assert long == {}


def line_count(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def test_a_file_of_functions_is_an_adapter() -> None:
    assert [file.name for file in python_files("functions") if line_count(file) > 60] == []
