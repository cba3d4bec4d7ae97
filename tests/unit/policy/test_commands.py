"""`python -m shared.policy`: what it says, its exit status, and that it starts without Azure."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.explain.command import main
from tests.unit.policy.facts import ADMIN, POLICY

ROOT = Path(__file__).parent.parent.parent.parent
NOW = "2026-11-23T09:00:00Z"
NUMBER = "+44 7400 123457"
REQUEST = {
    "requestId": "R-1",
    "operation": "set",
    "user": {"userPrincipalName": "anna@contoso.example"},
    "phoneNumber": NUMBER,
    "requestedBy": "workday",
    "reason": "INC-1",
    "requestedAt": "2026-11-23T08:59:00Z",
}
USER = {"userPrincipalName": "anna@contoso.example", "phoneMethods": ["+44 7400 123456"], "usageLocation": "GB"}
# Neither Azure nor Graph, nor what only a server needs.
MOST_MODULES = 450


class Desk:
    """A folder with the files that a command reads."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self.put("request.json", REQUEST)
        self.put("tenant.json", [USER])
        self.put("policy.json", POLICY)

    def put(self, name: str, content: Any) -> str:
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def run(self, *words: str) -> tuple[int, str, str]:
        status = main(list(words))
        said = self._capsys.readouterr()
        return status, said.out, said.err

    def explain(self, *words: str, request: dict[str, Any] | None = None, **user: Any) -> str:
        self.put("request.json", {**REQUEST, **(request or {})})
        self.put("tenant.json", [{**USER, **user}])
        status, out, err = self.run("explain", "request.json", "--tenant", "tenant.json", "--now", NOW, *words)
        assert (status, err) == (0, "")
        return out

    def explained(self, *words: str, request: dict[str, Any] | None = None, **user: Any) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.explain("--json", *words, request=request, **user))
        return told


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, capsys)


def statuses(told: dict[str, Any]) -> dict[str, str]:
    return {rule["code"]: rule["status"] for rule in told["rules"]}


def test_an_explanation_names_the_decision_the_plan_every_rule_and_the_proof(desk: Desk) -> None:
    out = desk.explain()
    assert out.startswith("Decision: allow: nothing objects, as far as rules could be asked.\n")
    assert "Plan:     would replace the mobile phone +44 ********56 by +44 ********57." in out
    assert "  passed        role_group: Is the user, or may the user become" in out
    assert "Lock-out proof as of 2026-11-23: 2 usable methods before, 2 after, policy demands 1." in out


def test_a_rule_that_fired_tells_its_answer_why_and_by_which_inputs(desk: Desk) -> None:
    out = desk.explain(roles=["Global Administrator"])
    assert out.startswith("Decision: refuse: it is rejected")
    assert "Plan:     would be rejected as privileged_user: " in out
    assert "  REFUSE        privileged_user: Does the user hold" in out
    assert "an administrator must make this change. Role: Global Administrator." in out
    assert "roles: Global Administrator; protected: *" in out


def test_rules_are_told_apart_by_what_came_of_asking_them(desk: Desk) -> None:
    exception = {
        "id": "EX-1",
        "codes": ["guest_user"],
        "requesters": ["workday"],
        "owner": "owner@contoso.example",
        "reason": "agreed",
        "expires": "2026-12-31",
    }
    desk.put("policy.json", {**POLICY, "exceptions": [exception], "protectedUsers": {"eligibleRoles": False}})
    told = desk.explained(userType="Guest", eligibleRoles=[ADMIN])
    found = statuses(told)
    assert told["answer"] == "allow"
    assert told["codes"] == ["guest_user"]
    assert {found[code] for code in ("cool_down", "number_shared", "tenant_limit")} == {"not asked"}
    assert (found["guest_user"], found["eligible_administrator"]) == ("excused", "switched off")
    assert (found["password_just_changed"], found["invalid_number"]) == ("switched off", "passed")
    assert "Excused by EX-1." in desk.explain(userType="Guest")


@pytest.mark.parametrize(
    ("request_fields", "user", "action", "plan"),
    [
        ({}, {}, "replace", "would replace the mobile phone"),
        ({}, {"phoneMethods": []}, "create", "would add the mobile phone +44 ********57"),
        ({"operation": "remove", "phoneNumber": None}, {}, "remove", "would remove: mobile"),
        ({}, {"phoneMethods": [NUMBER]}, "none", "nothing to do, it is so already"),
        ({"requestedAt": "2026-11-01T00:00:00Z"}, {}, "expire", "would expire, its time is over"),
        ({"phoneType": "alternateMobile"}, {"phoneMethods": []}, "reject", "would be rejected as mobile_required"),
        ({}, {"userType": "Guest"}, "reject", "would be rejected as guest_user"),
        ({}, {"deleted": True}, "reject", "would be rejected as user_deleted"),
        ({}, {"userPrincipalName": "ben@contoso.example"}, "reject", "would be rejected as user_not_found"),
        ({"operation": "undo", "undoes": "R-0", "phoneNumber": None}, {}, "unknown", "not known here: what an undo"),
    ],
)
def test_the_plan_is_told(
    desk: Desk, request_fields: dict[str, Any], user: dict[str, Any], action: str, plan: str
) -> None:
    request = {name: value for name, value in {**REQUEST, **request_fields}.items() if value is not None}
    desk.put("request.json", request)
    desk.put("tenant.json", [{**USER, **user}])
    words = ("explain", "request.json", "--tenant", "tenant.json", "--now", NOW)
    told = json.loads(desk.run(*words, "--json")[1])
    assert (told["action"], told["plan"].startswith(plan)) == (action, True)
    assert f"Plan:     {plan}" in desk.run(*words)[1]


def test_a_user_who_is_not_there_is_refused(desk: Desk) -> None:
    told = desk.explained(userPrincipalName="ben@contoso.example")
    assert (told["answer"], told["codes"]) == ("refuse", ["user_not_found"])


def test_policy_may_wait_for_a_deleted_user(desk: Desk) -> None:
    desk.put("policy.json", {**POLICY, "protectedUsers": {"deleted": "wait"}})
    assert "Policy waits for that, until the request expires" in desk.explain(deleted=True)


def test_history_lets_the_tripwires_be_asked(desk: Desk) -> None:
    desk.put("history.json", {"lastChange": "PT3H", "tenantChanges": 400})
    told = desk.explained("--history", "history.json")
    assert (told["answer"], told["action"]) == ("hold", "hold")
    assert told["codes"] == ["cool_down", "tenant_limit"]


def test_no_clear_number_is_ever_said(desk: Desk) -> None:
    request = {"requestedBy": "form 07400 123457", "ifCurrent": "+44 7400 123456"}
    desk.put("policy.json", {**POLICY, "requesters": {"*": ["set"]}, "blockedNumbers": ["+447400123457"]})
    for out in (desk.explain(request=request), desk.explain("--json", request=request)):
        squeezed = "".join(sign for sign in out if sign.isdigit() or sign == "*")
        assert "7400123" not in squeezed
        assert "form" in out


@pytest.mark.parametrize(
    ("words", "name", "content", "told"),
    [
        ((), "request.json", "{", "The request request.json cannot be read: invalid_json"),
        ((), "request.json", {"operation": "set"}, "invalid_request: requestId: Field required"),
        ((), "tenant.json", "nonsense", "tenant.json is not JSON"),
        ((), "tenant.json", [{**USER, "rolls": []}], "rolls is no word of a user; did you mean roles?"),
        ((), "policy.json", {}, "The policy file policy.json has 3 faults"),
        (("--now", "today"), "unused.json", {}, "--now today is no RFC 3339 date and time"),
        (("--history", "history.json"), "history.json", {"last": 1}, "The history history.json cannot be used: last"),
        (("--history", "none.json"), "unused.json", {}, "none.json cannot be read: No such file"),
    ],
)
def test_what_cannot_be_done_is_told_with_exit_status_2(
    desk: Desk, words: tuple[str, ...], name: str, content: Any, told: str
) -> None:
    desk.put(name, content)
    status, out, err = desk.run("explain", "request.json", "--tenant", "tenant.json", *words)
    assert (status, out) == (2, "")
    assert told in err
    assert "Traceback" not in err


def test_files_of_powershell_are_read(desk: Desk) -> None:
    (desk.folder / "tenant.json").write_text(json.dumps([USER]), encoding="utf-16")
    assert desk.run("explain", "request.json", "--tenant", "tenant.json", "--now", NOW)[0] == 0


CASE = {"name": "a case", "request": {"phoneNumber": NUMBER}, "expect": {"answer": "allow", "codes": []}}


@pytest.mark.parametrize(
    ("case", "line", "status"),
    [
        (CASE, "passed  a case: allow (nothing fires)", 0),
        ({**CASE, "expect": {"answer": "allow"}}, "passed  a case: allow", 0),
        (
            {**CASE, "expect": {"answer": "hold", "codes": ["cool_down"]}},
            "FAILED  a case: expected hold (cool_down); came allow (nothing fires)",
            1,
        ),
        (
            {**CASE, "user": {"userType": "guest"}, "expect": {"answer": "refuse", "codes": []}},
            "FAILED  a case: expected refuse (nothing fires); came refuse (guest_user)",
            1,
        ),
        ({**CASE, "request": {"phonenumber": NUMBER}}, "came the request has 1 fault: phonenumber: no field of", 1),
        ({**CASE, "request": {}}, "came the request cannot be read: request: phoneNumber is required", 1),
        ({**CASE, "user": {"rolls": []}}, "came the user has 1 fault: user: rolls is no word of a user", 1),
    ],
)
def test_a_case_is_told_with_what_was_expected_and_what_came(
    desk: Desk, case: dict[str, Any], line: str, status: int
) -> None:
    desk.put("policy.json", {**POLICY, "tests": [case]})
    found, out, _ = desk.run("test")
    assert line in out
    assert out.endswith(f"1 case, {1 - status} passed, {status} failed\n")
    assert found == status


def test_cases_come_out_the_same_on_any_day(desk: Desk) -> None:
    """They are decided as of a day of their own, also where they name none."""
    cases = [
        {**CASE, "now": "2027-02-01T00:00:00Z", "expect": {"answer": "refuse", "codes": ["telephony_retired"]}},
        {**CASE, "request": {"phoneNumber": NUMBER, "requestedAt": "2026-01-01T00:00:00Z"}},
        CASE,
    ]
    named = [{**case, "name": f"case {number}"} for number, case in enumerate(cases)]
    desk.put("policy.json", {**POLICY, "tests": named})
    assert desk.run("test")[0] == 0


def test_check_tells_the_version_or_every_fault(desk: Desk) -> None:
    assert desk.run("check", "policy.json")[1].startswith("policy.json is a policy; its version is 1+")
    desk.put("policy.json", {**POLICY, "blokced": [], "answers": {"privileged_user": "allow"}})
    status, out, _ = desk.run("check")
    assert status == 1
    assert "blokced: Extra inputs are not permitted" in out
    assert "answers: privileged_user may only be refuse" in out


def test_the_tables_are_written_into_a_document(desk: Desk) -> None:
    names = ("rules", "sentences", "telephony")
    places = "\n".join(f"<!-- generated: {name} -->\nold\n<!-- end of {name} -->" for name in names)
    desk.put("policy.md", f"# Before\n{places}\nafter\n")
    assert desk.run("table", "--write", "policy.md")[0] == 0
    text = (desk.folder / "policy.md").read_text(encoding="utf-8")
    assert text.startswith("# Before\n<!-- generated: rules -->\n| code |")
    assert text.endswith("<!-- end of telephony -->\nafter\n")
    assert "old" not in text.splitlines()
    desk.put("policy.md", "nothing\n")
    assert desk.run("table", "--write", "policy.md")[0] == 2


def test_help_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("explain", "test", "check", "table", "Exit status"))


def test_it_is_called_by_the_name_of_what_it_explains() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "shared.policy", "check", "policy.json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("policy.json is a policy; its version is ")


def test_it_starts_without_azure_and_without_graph() -> None:
    code = "import sys, shared.policy.__main__; print(*sys.modules)"
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    modules = done.stdout.split()
    heavy = ("azure", "msgraph", "aiohttp", "httpx", "jinja2", "opentelemetry", "local", "functions")
    assert [name for name in modules if name.partition(".")[0] in heavy] == []
    assert len(modules) < MOST_MODULES


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["test", "policy.json"], "The answer cannot be written: No space left on device.\n"),
        (["table"], "The answer cannot be written: No space left on device.\n"),
    ],
)
def test_an_answer_that_cannot_be_written_is_told_in_a_sentence(words: list[str], told: str) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and our own code
            [sys.executable, "-m", "shared.policy", *words],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (2, told)
