"""The demo as a newcomer runs it, and with feeds and tenants that nobody here wrote."""

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

from local.telemetry.file_names import SPANS
from local.telemetry.spans import read_spans
from local.telemetry.traces import traces_of
from shared.codes import Code
from shared.policy.catalogue import CATALOGUE

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
    assert len(outcomes) >= 110
    assert all(line["outcome"] for line in outcomes)
    told = {"requestId", "outcome", "code", "phoneType", "maskedNumber", "userId", "attempts", "findings", "hold"}
    assert set(outcomes[0]) == told


def test_the_demo_shows_what_it_is_there_to_show(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    codes = Counter((line["outcome"], line["code"]) for line in lines(ran[0] / "outcomes.jsonl"))
    for outcome, code in (
        ("changed", "created"),
        ("changed", "replaced"),
        ("changed", "removed"),
        ("already_correct", "same_number"),
        ("planned", "would_replace"),
        ("planned", "would_hold"),
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
        ("rejected", "user_deleted"),
        ("rejected", "undo_not_possible"),
        ("rejected", "cancelled"),
        ("superseded", "newer_request"),
        ("expired", "past_expiry"),
        ("expired", "not_approved"),
        ("failed", "invalid_json"),
        ("failed", "invalid_encoding"),
        ("failed", "schema_unsupported"),
        ("failed", "default_method"),
    ):
        assert codes[outcome, code], (outcome, code)


def test_every_rule_of_the_catalogue_is_at_work(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """The end of telephony alone lies ahead, and is decided for its day; the table names each with its request."""
    answer = ran[1]
    findings = {code for line in lines(ran[0] / "outcomes.jsonl") for code in line["findings"]}
    assert CATALOGUE.keys() - findings == {Code.TELEPHONY_RETIRED}
    table = answer.stdout.partition("Rules at work\n")[2].partition("\nLook at:")[0]
    for code in CATALOGUE:
        words = code.replace("_", " ")
        row = re.search(
            rf"^{words} {{2,}}(?P<answers>\S.*?) {{2,}}(?P<requests>\d+) +(HR-2026-\d+)", table, re.MULTILINE
        )
        assert row is not None, code
        assert int(row["requests"]) > 0
        assert ("on 2027-02-01" in row["answers"]) == (code is Code.TELEPHONY_RETIRED)


def test_the_same_requests_are_decided_for_the_end_of_telephony(
    ran: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    table = ran[1].stdout.partition("The same requests on 2027-02-01")[2].partition("Rules at work")[0]
    assert "telephony retires; phone is only method" in table
    assert table.count("rejected: telephony retired") == 3
    assert re.search(r"remove all +rejected: would lock out +removed +rejected: would lock out", table)


def test_holds_are_approved_cancelled_left_to_expire_and_released_by_themselves(
    ran: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    found = lines(ran[0] / "outcomes.jsonl")
    for state in (
        ("approved", "changed", "cool_down"),
        ("approved", "changed", "number_shared"),
        ("approved", "changed", "user_limit"),
        ("cancelled", "rejected", "cool_down"),
        ("cancelled", "rejected", "password_just_changed"),
        ("expired", "expired", "cool_down"),
        ("released", "changed", "password_just_changed"),
    ):
        assert any((line["hold"], line["outcome"]) == state[:2] and state[2] in line["findings"] for line in found), (
            state
        )


def test_an_approval_counts_only_from_whom_policy_entitles_and_every_one_is_answered(
    ran: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    told = {event["id"]: event for event in lines(ran[0] / "events.jsonl")}.values()
    answers = [event["data"] for event in told if event["type"].startswith("mfaphone.approval.")]
    by_code = {answer["code"]: answer for answer in answers}
    assert by_code.keys() == {"approved", "cancelled", "approver_is_requester", "approver_not_entitled"}
    for code in ("approver_is_requester", "approver_not_entitled"):
        of_one = [answer for answer in answers if answer["requestId"] == by_code[code]["requestId"]]
        assert [answer["code"] for answer in of_one] == [code, "approved"]
    held = {event["data"]["requestId"] for event in told if event["type"] == "mfaphone.change.held"}
    assert held == {line["requestId"] for line in lines(ran[0] / "outcomes.jsonl") if line["hold"]}


def test_an_undo_restores_the_number_that_was_there_and_does_not_where_it_was_changed_again(
    ran: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder = ran[0]
    told = [event["data"] for event in lines(folder / "events.jsonl") if event["data"].get("undoes")]
    undone = {data["requestId"]: data for data in told}.values()
    assert {(data["outcome"], data["code"]) for data in undone} == {
        ("changed", "replaced"),
        ("rejected", "current_number_differs"),
        ("rejected", "undo_not_possible"),
    }
    phones = {name: phones_of(folder / name) for name in ("tenant.json", "tenant-after.json")}
    for data in undone:
        if data["outcome"] == "changed":
            user = data["user"]["userPrincipalName"]
            assert phones["tenant-after.json"][user] == phones["tenant.json"][user]
        elif data["code"] == "current_number_differs":
            user = data["user"]["userPrincipalName"]
            assert phones["tenant-after.json"][user] != phones["tenant.json"][user]


def phones_of(path: Path) -> dict[str, list[tuple[str, str]]]:
    users = json.loads(path.read_text(encoding="utf-8"))["users"]
    return {
        user["userPrincipalName"]: [(phone["phoneType"], phone["phoneNumber"]) for phone in user["phoneMethods"]]
        for user in users
    }


def test_an_exception_that_ends_soon_is_told_to_its_owner(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    mails = [path.read_text(encoding="utf-8") for path in (ran[0] / "mail").glob("*.eml")]
    assert sum("To: callcentre@contoso.example" in mail for mail in mails) == 1
    assert "Exception call-centre-voip ends in 7 days; callcentre@contoso.example was told." in ran[1].stdout


def test_a_409_that_has_written_and_a_throttled_request_are_among_the_changes(
    ran: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    warnings = [event["data"].get("warnings", []) for event in lines(ran[0] / "events.jsonl")]
    assert any("sms_sign_in_not_registered" in told for told in warnings)
    assert any(line["attempts"] > 1 and line["outcome"] == "changed" for line in lines(ran[0] / "outcomes.jsonl"))


def test_everyone_whose_phone_changed_got_one_mail(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    changed = [event["id"] for event in lines(ran[0] / "events.jsonl") if event["type"] == "mfaphone.change.changed"]
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
    assert {path.name for path in folder.glob("*.*")} - {".mfa-phone-change-demo"} == {
        *("feed.csv", "tenant.json", "tenant-after.json"),
        *("events.jsonl", "outcomes.jsonl", "left-out.jsonl", "policy.json"),
    }
    picture = folder.parent / "run.svg"
    sinks = {"screen": answer.stdout + answer.stderr, "picture": picture.read_text(encoding="utf-8")}
    for path in [*folder.glob("*.jsonl"), folder / "policy.json", *folder.glob("logs/*"), *folder.glob("mail/*.eml")]:
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
    given = ("--feed", str(tmp_path / "feed.csv"), "--tenant", str(tmp_path / "tenant.json"))
    answer = demo(tmp_path / "out", *given)
    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-2000:]
    expected = {
        "T-1": ("changed", "replaced"),
        "T-2": ("changed", "created"),
        "T-3": ("rejected", "privileged_user"),
        "T-4": (None, None),
    }
    assert outcomes_in(tmp_path / "out") == expected
    assert "Line 6 of the feed was left out" in answer.stdout
    # What is held does not keep the demo from its end, and is told with what can be done about it.
    assert "T-4: waits for approval until" in answer.stdout
    assert "With --approve the demo approves what is held" in answer.stdout
    assert "reached an outcome or waits for a person (1)" in answer.stdout
    approved = demo(tmp_path / "out", *given, "--approve")
    assert approved.returncode == 0, approved.stdout[-3000:] + approved.stderr[-2000:]
    assert outcomes_in(tmp_path / "out") == {**expected, "T-4": ("changed", "removed")}
    assert "held: cool down -> approved by demo-approver -> removed" in " ".join(approved.stdout.split())


def outcomes_in(folder: Path) -> dict[str, tuple[str | None, str | None]]:
    return {line["requestId"]: (line["outcome"], line["code"]) for line in lines(folder / "outcomes.jsonl")}


def test_every_outcome_ends_a_trace_that_the_feed_began(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    traces = traces_of(read_spans(ran[0] / "telemetry" / SPANS))
    begun = [trace for trace in traces if trace.spans[0].service == "demo-producer"]
    assert [trace.request_id for trace in traces if trace not in begun] == []
    ended = {trace.request_id: trace.outcome for trace in begun if trace.outcome}
    outcomes = lines(ran[0] / "outcomes.jsonl")
    missing = [line["requestId"] for line in outcomes if line["requestId"] not in ended]
    assert missing == []
