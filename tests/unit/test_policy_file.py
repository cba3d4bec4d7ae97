"""A policy file says one thing only, or it is refused with every fault; no text makes the reader stumble."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import PolicyError
from shared.policy.load import load_policy, parse_policy
from tests.fakes.world import POLICY

PLAIN = json.dumps(POLICY)


def faults_of(text: str) -> str:
    with pytest.raises(PolicyError) as fault:
        parse_policy(text, "p")
    return str(fault.value)


def with_rules(**changed: Any) -> str:
    return json.dumps({**POLICY, **changed})


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"regions": {"blocked": ["UK"]}}, "regions.blocked.0: UK is no region"),
        ({"regions": {"allowed": ["ZZ"]}}, "regions.allowed.0: ZZ is no region"),
        ({"regions": {"default": "001"}}, "regions.default: "),
        ({"regions": {"blocked": ["CU", "CU"]}}, "regions.blocked: says more than once: cu"),
        ({"regions": {"allowed": ["DE", "CU"], "blocked": ["CU"]}}, "regions: says of CU that it is allowed and"),
        ({"requesters": {"Workday": ["set"], "workday": []}}, "requesters: says more than once: workday"),
        ({"requesters": {"workday": ["set", "set"]}}, "requesters.workday: says more than once: set"),
        ({"requesters": {" ": ["set"]}}, "requesters. .[key]: must be printable text"),
        ({"requesters": {"workday ": ["set"]}}, "must be printable text"),
        ({"protectedUsers": {"directoryRoles": [""]}}, "protectedUsers.directoryRoles.0: "),
        ({"protectedUsers": {"directoryRoles": [" \t"]}}, "protectedUsers.directoryRoles.0: "),
        ({"protectedUsers": {"directoryRoles": ["62e90394-69f5-4237-9190"]}}, "directoryRoles.0: must be a role's"),
        ({"protectedUsers": {"directoryRoles": ["12345"]}}, "directoryRoles.0: must be a role's"),
        ({"protectedUsers": {"directoryRoles": ["**"]}}, "directoryRoles.0: must be a role's"),
        (
            {"protectedUsers": {"directoryRoles": ["User Administrator", "user administrator"]}},
            "says more than once: user",
        ),
        ({"protectedUsers": {"directoryRoles": ["Global Admin"]}}, "did you mean Global Administrator?"),
        ({"protectedUsers": {"directoryRoles": ["Company Administrator"]}}, "did you mean Global Administrator?"),
        ({"protectedUsers": {"directoryRoles": ["Our Own Role"]}}, "a custom role goes by its id"),
        ({"protectedUsers": {"users": [""]}}, "protectedUsers.users.0: "),
        ({"protectedUsers": {"users": ["anna"]}}, "users.0: must be an object id or a user principal name"),
        ({"protectedUsers": {"users": ["a@b.c", "A@b.c"]}}, "users: says more than once: a@b.c"),
        ({"lockOut": {"minimumUsableMethods": 0}}, "lockOut.minimumUsableMethods: "),
        ({"lockOut": {"minimumUsableMethods": True}}, "lockOut.minimumUsableMethods: "),
        ({"lockOut": {"minimumUsableMethods": 10**400}}, "a number has more than 15 digits"),
        ({"notify": {"changed": ["user", "user"]}}, "notify.changed: says more than once: user"),
        ({"numberTypes": {**POLICY["numberTypes"], "office": ["uan", "uan"]}}, "numberTypes.office: says more"),
        ({"number_types": POLICY["numberTypes"]}, "number_types: Extra inputs are not permitted"),
        ({"requestAge": {"maximum": float("nan")}}, "NaN is not JSON"),
        ({"requestAge": {"maximum": float("-inf")}}, "-Infinity is not JSON"),
        ({"version": " "}, "version: must be printable text"),
        ({"version": "\ud800"}, "version: "),
        ({"\ud800": 1}, "policy: "),
        ({"serviceDesk": {"name": " "}}, "serviceDesk.name: must be printable text"),
        ({"answers": {"privileged_user": "hold"}}, "answers: privileged_user may only be refuse"),
        ({"answers": {"region_not_allowed": "allow"}}, "answers: region_not_allowed may only be warn or cool_off or"),
        ({"answers": {"cool_down": "maybe"}}, "answers.cool_down: "),
        ({"answers": {"created": "refuse"}}, "answers: created: no rule answers so"),
        ({"answers": {"cooldown": "hold"}}, "answers.cooldown"),
        ({"blockedNumbers": ["0049"]}, "blockedNumbers.0: "),
        ({"blockedNumbers": ["+49", "+49"]}, "blockedNumbers: says more than once: +49"),
        ({"protectedUsers": {"groups": ["Board"]}}, "groups.0: must be a group's object id"),
        ({"protectedUsers": {"eligibleRoles": "no"}}, "protectedUsers.eligibleRoles: "),
        ({"protectedUsers": {"deleted": "allow"}}, "protectedUsers.deleted: "),
        ({"lockOut": {"minimumUsableMethods": 6}}, "lockOut.minimumUsableMethods: "),
        ({"lockOut": {"countedMethods": ["passwordAuthenticationMethod"]}}, "lockOut.countedMethods.0: "),
        ({"telephony": {"mode": "none"}}, "telephony.mode: "),
        ({"telephony": {"retiresOn": "soon"}}, "telephony.retiresOn: "),
        ({"telephony": {"warnFrom": "P401D"}}, "telephony.warnFrom: Input should be less than or equal to 400 days"),
        ({"telephony": {"unreachableRegions": ["UK"]}}, "telephony.unreachableRegions.0: UK is no region"),
        ({"tripwires": {"coolDown": "PT59S"}}, "tripwires.coolDown: Input should be greater than or equal to 1 minute"),
        ({"tripwires": {"coolDown": "P30DT1S"}}, "tripwires.coolDown: Input should be less than or equal to 30 days"),
        ({"tripwires": {"perUser": {"changes": 0, "window": "P1D"}}}, "tripwires.perUser.changes: "),
        ({"tripwires": {"perTenant": {"changes": 1}}}, "tripwires.perTenant.window: Field required"),
        ({"tripwires": {"usersPerNumber": 0}}, "tripwires.usersPerNumber: "),
        ({"hold": {"longest": "P30DT1S"}}, "hold.longest: Input should be less than or equal to 30 days"),
        ({"hold": {"longest": "PT0.9S"}}, "hold.longest: Input should be greater than or equal to 1 second"),
        ({"hold": {"coolingOff": "P30DT1S"}}, "hold.coolingOff: Input should be less than or equal to 30 days"),
        ({"hold": {"coolingOff": "PT0S"}}, "hold.coolingOff: Input should be greater than or equal to 1 second"),
        ({"hold": {"lookAgain": "PT16M"}}, "hold.lookAgain: Input should be less than or equal to 15 minutes"),
        ({"approvers": {"lead": ["everything"]}}, "approvers.lead.0"),
        ({"approvers": {"Lead": ["*"], "lead": ["*"]}}, "approvers: says more than once: lead"),
        ({"undo": {"retention": "PT0S"}}, "undo.retention: Input should be greater than 0 seconds"),
        ({"undo": {"retention": "P401D"}}, "undo.retention: Input should be less than or equal to 400 days"),
        ({"brake": {"window": "PT1S"}}, "brake.window: Input should be greater than or equal to 1 minute"),
        ({"tests": [{"name": "a", "request": {}}]}, "tests.0.expect: Field required"),
        ({"tests": [{"name": "a", "request": {}, "expect": {"answer": "no"}}]}, "tests.0.expect.answer: "),
    ],
)
def test_what_cannot_be_meant_is_refused_and_named(changed: dict[str, Any], fault: str) -> None:
    assert fault in faults_of(with_rules(**changed))


def test_a_key_that_stands_there_twice_is_refused() -> None:
    """Field failure: JSON readers take the last one, people the first one that they see."""
    text = PLAIN.replace('"blocked": ["CU"]', '"blocked": ["CU"], "blocked": []')
    assert "blocked: stands there more than once" in faults_of(text)


def test_faults_of_the_text_and_of_the_rules_are_told_together() -> None:
    lines = faults_of(PLAIN.replace('"version": "test"', '"version": "", "version": "", "limit": 1e999')).splitlines()
    assert lines == [
        "The policy file p has 4 faults:",
        "  a number is too large",
        "  version: stands there more than once",
        "  version: String should have at least 1 character",
        "  limit: Extra inputs are not permitted",
    ]


@pytest.mark.parametrize("roles", [["62E90394-69F5-4237-9190-012177145E10"], ["fabric administrator"], ["*"]])
def test_roles_are_named_by_template_id_or_display_name(roles: list[str]) -> None:
    rules = parse_policy(with_rules(protectedUsers={"directoryRoles": roles}), "p").rules
    assert list(rules.protected_users.directory_roles) == roles


def test_the_largest_request_age_and_tolerance_are_taken() -> None:
    age = parse_policy(with_rules(requestAge={"longest": "P400D", "clockTolerance": "PT1H"}), "p").rules.request_age
    assert (age.longest.days, age.clock_tolerance.seconds) == (400, 3600)


@pytest.mark.parametrize("text", ["PT1S", "P30D"])
def test_the_shortest_and_the_longest_hold_are_taken(text: str) -> None:
    hold = parse_policy(with_rules(hold={"longest": text, "coolingOff": text}), "p").rules.hold
    assert {hold.longest, hold.cooling_off} == {timedelta(seconds=1) if text == "PT1S" else timedelta(days=30)}


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, '{"version": ' + "[" * 500 + "]" * 500 + "}"])
def test_a_policy_that_is_nested_too_deeply_is_refused(text: str) -> None:
    assert faults_of(text)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """Notepad writes one."""
    (tmp_path / "policy.json").write_text(PLAIN, encoding="utf-8-sig")
    assert load_policy(tmp_path / "policy.json").rules == parse_policy(PLAIN, "p").rules


def test_a_file_of_more_than_a_megabyte_is_refused(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(PLAIN + " " * 1_000_000, encoding="utf-8")
    with pytest.raises(PolicyError, match="more than 1000000 bytes"):
        load_policy(tmp_path / "policy.json")
    with pytest.raises(PolicyError, match="more than 1000000 bytes"):
        parse_policy(PLAIN + " " * 1_000_000, "p")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x80"])
def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "policy.json").write_bytes(content)
    with pytest.raises(PolicyError, match="not UTF-8"):
        load_policy(tmp_path / "policy.json")


strange = st.text(st.characters(), max_size=12)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | strange | st.sampled_from(["P1D", "DE", "set", "*"])
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(strange, inner, max_size=3))
fields = st.sampled_from(
    ["$schema", "version", "regions", "numberTypes", "requesters", "requestAge", "protectedUsers", "lockOut", "notify"]
) | st.sampled_from(
    ["blockedNumbers", "telephony", "tripwires", "answers", "hold", "approvers", "undo", "exceptions", "brake", "tests"]
)
inner_fields = st.sampled_from(
    ["allowed", "blocked", "default", "maximum", "longest", "clockTolerance", "directoryRoles", "users", "name"]
) | st.sampled_from(["contact", "minimumUsableMethods", "mobile", "changed", "workday"])
part = values | st.dictionaries(inner_fields, values, max_size=3)
policies = st.builds(
    lambda good, changed: json.dumps({**(POLICY if good else {}), **changed}),
    st.booleans(),
    st.dictionaries(fields | strange, part, max_size=4),
)
cut = st.builds(lambda place, sign: PLAIN[:place] + sign + PLAIN[place + 1 :], st.integers(0, len(PLAIN)), strange)


@settings(max_examples=500)
@given(strange | policies | cut | st.text('{}[]",:0123456789eE-+.NaInfity', max_size=40))
def test_any_text_is_a_policy_or_is_refused_in_lines_that_can_be_printed(text: str) -> None:
    lines = faults_if_any(text).splitlines()
    assert all(line.isprintable() for line in lines)
    assert len(lines) <= 1 or lines[0].startswith("The policy file p has ")


def faults_if_any(text: str) -> str:
    try:
        parse_policy(text, "p")
    except PolicyError as fault:
        return str(fault)
    return ""


def test_the_protection_of_administrators_cannot_be_switched_off() -> None:
    text = json.dumps({**POLICY, "protectedUsers": {"directoryRoles": []}})
    with pytest.raises(PolicyError, match=r"protectedUsers\.directoryRoles"):
        parse_policy(text, "policy.json")


@pytest.mark.parametrize("changed", [{"serviceDesk": {"contact": "\ud800"}}, {"notify": {"changed": ["\ud800@b"]}}])
def test_half_a_character_is_a_fault_of_the_policy(changed: dict[str, object]) -> None:
    with pytest.raises(PolicyError, match="half a character"):
        parse_policy(json.dumps({**POLICY, **changed}), "policy.json")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("exceptionNotice", "-P1D"),
        ("exceptionNotice", "P401D"),
        ("telephony", {"mode": "customer_provider", "reachableRegions": ["DE"], "unreachableRegions": ["DE"]}),
        ("tests", [{"name": "a", "request": {}, "expect": {"answer": "allow"}}] * 2),
        ("approvers", {"boss": ["created"]}),
        ("approvers", {"boss": ["privileged_user"]}),
        ("approvers", {"boss": ["cool_down"], "BOSS": ["*"]}),
    ],
)
def test_what_would_never_take_effect_is_refused(field: str, value: object) -> None:
    with pytest.raises(PolicyError, match=field):
        parse_policy(json.dumps({**POLICY, field: value}), "p")


def test_no_exception_is_for_everybody() -> None:
    everybody = {"id": "X", "codes": ["cool_down"], "requesters": ["*"], "owner": "a@b.c", "reason": "r"}
    with pytest.raises(PolicyError, match="requesters are named one by one"):
        parse_policy(json.dumps({**POLICY, "exceptions": [{**everybody, "expires": "2027-01-01"}]}), "p")
