"""The demo as a newcomer runs it, and with feeds and tenants that nobody here wrote."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

ROOT = Path(__file__).parent.parent.parent
RUN_SECONDS = 240

pytestmark = [pytest.mark.e2e]


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.demo", "--folder", str(folder), *arguments]
    environment = {**os.environ, "COLUMNS": "160"}
    return subprocess.run(  # noqa: S603 - our own interpreter and our own code
        command, cwd=ROOT, capture_output=True, text=True, timeout=RUN_SECONDS, env=environment, check=False
    )


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("demo") / "out"
    return folder, demo(folder, "--svg", str(folder.parent / "run.svg"))


def test_every_request_reaches_an_outcome_and_nothing_is_lost(
    ran: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, answer = ran
    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-2000:]
    outcomes = lines(folder / "outcomes.jsonl")
    assert len(outcomes) >= 60
    assert all(line["outcome"] for line in outcomes)
    assert set(outcomes[0]) == {"requestId", "outcome", "code", "phoneType", "maskedNumber", "userId", "attempts"}


def test_the_demo_shows_what_it_is_there_to_show(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    codes = Counter((line["outcome"], line["code"]) for line in lines(ran[0] / "outcomes.jsonl"))
    for outcome, code in (
        ("changed", "created"),
        ("changed", "replaced"),
        ("changed", "removed"),
        ("already_correct", "same_number"),
        ("planned", "would_replace"),
        ("rejected", "invalid_number"),
        ("rejected", "user_not_found"),
        ("rejected", "user_ambiguous"),
        ("rejected", "privileged_user"),
        ("rejected", "number_type_not_allowed"),
        ("rejected", "region_not_allowed"),
        ("rejected", "requester_not_allowed"),
        ("rejected", "request_id_reused"),
        ("rejected", "would_lock_out"),
        ("rejected", "requested_in_future"),
        ("rejected", "current_number_differs"),
        ("rejected", "mobile_required"),
        ("superseded", "newer_request"),
        ("expired", "past_expiry"),
        ("failed", "invalid_json"),
        ("failed", "invalid_encoding"),
        ("failed", "schema_unsupported"),
        ("failed", "default_method"),
    ):
        assert codes[outcome, code], (outcome, code)


def test_a_409_that_has_written_and_a_throttled_request_are_among_the_changes(
    ran: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    warnings = [event["data"]["warnings"] for event in lines(ran[0] / "events.jsonl")]
    assert ["sms_sign_in_not_registered"] in warnings
    assert any(line["attempts"] > 1 and line["outcome"] == "changed" for line in lines(ran[0] / "outcomes.jsonl"))


def test_everyone_whose_phone_changed_got_one_mail(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    changed = [event["id"] for event in lines(ran[0] / "events.jsonl") if event["data"]["outcome"] == "changed"]
    mails = [path.read_text(encoding="utf-8") for path in (ran[0] / "mail").glob("*.eml")]
    for event_id in set(changed):
        assert sum(f"event-id: {event_id}\n" in mail for mail in mails) == 1, event_id


def test_an_unreadable_row_is_told_with_its_line(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    last_line = len((ran[0] / "feed.csv").read_text(encoding="utf-8").splitlines())
    assert f"Line {last_line} of the feed was left out: it has 3 cells" in ran[1].stdout


def test_the_demos_output_holds_none_of_its_own_numbers(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Searched in logs, events, outcomes, mails and on the screen; feed and tenant files hold them of necessity."""
    folder, answer = ran
    numbers = national_numbers(folder)
    assert len(numbers) > 300
    picture = folder.parent / "run.svg"
    sinks = {"screen": answer.stdout + answer.stderr, "picture": picture.read_text(encoding="utf-8")}
    for path in [*folder.glob("*.jsonl"), *folder.glob("logs/*"), *folder.glob("mail/*.eml")]:
        sinks[path.name] = path.read_text(encoding="utf-8", errors="replace")
    assert len(sinks) > 40
    found = [(name, number) for name, text in sinks.items() for number in numbers if number in squeezed(text)]
    assert found == []


def national_numbers(folder: Path) -> set[str]:
    """Every number of the tenant, before and after, and every one of the feed that can be read."""
    texts: list[tuple[str, str | None]] = []
    for name in ("tenant.json", "tenant-after.json"):
        users = json.loads((folder / name).read_text(encoding="utf-8"))["users"]
        texts += [(phone["phoneNumber"], None) for user in users for phone in user["phoneMethods"]]
    with (folder / "feed.csv").open(encoding="utf-8", newline="") as file:
        texts += [(row["phoneNumber"], "DE") for row in csv.DictReader(file) if row["phoneNumber"]]
    numbers = set()
    for text, region in texts:
        try:
            numbers.add(phonenumbers.national_significant_number(phonenumbers.parse(text, region)))
        except phonenumbers.NumberParseException:
            continue
    return {number for number in numbers if len(number) >= 8}


def squeezed(text: str) -> str:
    """Joins digits that only separators of phone numbers stand between."""
    return re.sub(r"(?<=\d)[ \-/().\u00a0]{1,2}(?=\d)", "", text)


def test_a_feed_and_a_tenant_that_nobody_here_wrote_work_as_well(tmp_path: Path) -> None:
    tenant = {
        "value": [
            {
                "id": "11111111-2222-4333-8444-555555555555",
                "userPrincipalName": "Aino.Virtanen@fabrikam.example",
                "displayName": "Aino Virtanen",
                "usageLocation": "FI",
                "phoneMethods": [{"phoneType": "mobile", "phoneNumber": "+358 401234567"}],
                "manager": {"userPrincipalName": "pekka@fabrikam.example"},
            },
            {"userPrincipalName": "pekka@fabrikam.example", "employeeId": "7", "usageLocation": "FI"},
            {"userPrincipalName": "root@fabrikam.example", "roles": [{"displayName": "Global Administrator"}]},
        ]
    }
    rows = [
        "User Principal Name;Operation;Phone Number;Request ID;Requested By;Reason",
        "aino.virtanen@fabrikam.example;set;040 765 4321;T-1;SAP;Form 1",
        "pekka@fabrikam.example;set;+358 40 1112223;T-2;SAP;Form 2",
        "root@fabrikam.example;set;+358 40 1112224;T-3;SAP;Form 3",
        "aino.virtanen@fabrikam.example;remove;;T-4;SAP;Form 4",
        "this;is;not",
    ]
    (tmp_path / "tenant.json").write_text(json.dumps(tenant), encoding="utf-8")
    (tmp_path / "feed.csv").write_text("\r\n".join(rows), encoding="cp1252")
    answer = demo(tmp_path / "out", "--feed", str(tmp_path / "feed.csv"), "--tenant", str(tmp_path / "tenant.json"))
    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-2000:]
    outcomes = {
        line["requestId"]: (line["outcome"], line["code"]) for line in lines(tmp_path / "out" / "outcomes.jsonl")
    }
    assert outcomes == {
        "T-1": ("changed", "replaced"),
        "T-2": ("changed", "created"),
        "T-3": ("rejected", "privileged_user"),
        "T-4": ("changed", "removed"),
    }
    assert "Line 6 of the feed was left out" in answer.stdout
    assert len(list((tmp_path / "out" / "mail").glob("*.eml"))) == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--feed", "nowhere.csv"], "The feed nowhere.csv cannot be read: No such file or directory."),
        (["--feed", "README.md"], "The feed README.md is neither .csv nor .jsonl;"),
        (["--feed", "docs"], "The feed docs is neither .csv nor .jsonl;"),
        (["--tenant", "nowhere.json"], "nowhere.json"),
        (["--tenant", "pyproject.toml"], "pyproject.toml"),
        (["--policy", "nowhere.json"], "The policy file nowhere.json cannot be read: No such file or directory."),
        (["--policy", "host.json"], "The policy file host.json has"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence_before_anything_starts(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    answer = demo(tmp_path / "out", *arguments)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "out" / "logs").exists()


def test_a_stack_that_cannot_start_says_why_and_leaves_nothing_running(tmp_path: Path) -> None:
    """Here a setting is wrong that only the function app itself can judge."""
    environment = {**os.environ, "GRAPH_TIMEOUT_SECONDS": "999"}
    answer = subprocess.run(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-m", "local.demo", "--folder", str(tmp_path / "out")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        env=environment,
        check=False,
    )
    assert answer.returncode == 2
    assert "GRAPH_TIMEOUT_SECONDS" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert processes_of(tmp_path) == []


def test_a_missing_node_is_told_in_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.demo", "--folder", str(tmp_path / "out")]
    answer = subprocess.run(  # noqa: S603 - our own interpreter and our own code
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        env={**os.environ, "PATH": str(tmp_path)},
        check=False,
    )
    assert answer.returncode == 2
    assert "Node was not found" in answer.stderr
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_stopped_leaves_nothing_running(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path) as running:
        running.send_signal(number)
        _, told = running.communicate(timeout=RUN_SECONDS)
    assert running.returncode == 130
    assert told == "Stopped; nothing is left running.\n"
    assert processes_of(tmp_path) == []


def test_a_program_that_is_killed_in_the_middle_ends_the_demo_with_its_name(tmp_path: Path) -> None:
    with started(tmp_path) as running:
        (graph,) = (process for process, command in processes_of(tmp_path) if "local.graph" in command)
        os.kill(graph, signal.SIGKILL)
        _, told = running.communicate(timeout=RUN_SECONDS)
    assert running.returncode == 1
    assert told.startswith("The demo stopped: graph ended with SIGKILL in the middle of the work; its log is ")
    assert told.count("\n") == 1
    assert processes_of(tmp_path) == []


@contextmanager
def started(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Starts a demo and waits until its requests are on their way."""
    command = [sys.executable, "-u", "-m", "local.demo", "--folder", str(tmp_path / "out")]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert any("Requests sent" in line for line in running.stdout)
        yield running


def processes_of(folder: Path) -> list[tuple[int, str]]:
    """Gives the ids and command lines of processes that were started for a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command:
            found.append((int(entry.parent.name), command))
    return found
