"""The policy file, and the rules one by one."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codes import MESSAGES, Code
from shared.directory_user import DirectoryRole, StoredPhone, UserState
from shared.errors import PolicyError
from shared.messages.change_request import ChangeRequest
from shared.phone.phone_type import PhoneType
from shared.policy.decide import decide
from shared.policy.facts import Facts
from shared.policy.load import load_policy, parse_policy
from tests.fakes.clock import START
from tests.fakes.world import NEW, OLD, POLICY, World, person, policy

ROOT = Path(__file__).parent.parent.parent
NO_ROLES: tuple[DirectoryRole, ...] = ()


def state(
    *phones: PhoneType, roles: tuple[DirectoryRole, ...] = NO_ROLES, others: tuple[str, ...] = ("fido2",)
) -> UserState:
    user = person("anna").user
    return UserState(user, tuple(StoredPhone(phone_type, OLD) for phone_type in phones), roles, others)


def codes(request: dict[str, Any], user: UserState | None = None, **changed: Any) -> list[Code]:
    parsed = ChangeRequest.model_validate(World().request(**request))
    facts = Facts(parsed, policy(**changed).rules, START, user)
    return [finding.code for finding in decide(facts).findings]


def test_the_policy_that_is_shipped_is_valid_and_its_version_names_its_content() -> None:
    loaded = load_policy(ROOT / "policy.json")
    declared, _, content_hash = loaded.version.partition("+")
    assert declared == loaded.rules.version
    assert len(content_hash) == 16


def test_a_change_of_one_rule_changes_the_version() -> None:
    stricter = {**POLICY, "regions": {"blocked": ["CU", "IR"]}}
    assert parse_policy(json.dumps(POLICY), "p").version != parse_policy(json.dumps(stricter), "p").version


def test_a_bad_policy_is_refused_with_every_fault() -> None:
    bad = {**POLICY, "regions": {"blocked": ["Cuba"]}, "numberTypes": {"mobile": ["cell"]}, "blokced": True}
    with pytest.raises(PolicyError) as fault:
        parse_policy(json.dumps(bad), "policy.json")
    text = str(fault.value)
    assert "regions.blocked.0" in text
    assert "numberTypes.mobile.0" in text
    assert "blokced" in text


def test_a_policy_must_speak_of_every_phone_type() -> None:
    with pytest.raises(PolicyError, match="alternateMobile, office"):
        parse_policy(json.dumps({**POLICY, "numberTypes": {"mobile": ["mobile"]}}), "p")


@pytest.mark.parametrize(
    "age",
    [
        {"maximum": "P8D", "longest": "P7D"},
        {"maximum": "PT0S"},
        {"maximum": 7},
        {"maximum": "00:30:00"},
        {"longest": "P401D"},
        {"longest": "P99999999999999999999D"},
        {"clockTolerance": "-PT1M"},
        {"clockTolerance": "PT1H1S"},
    ],
)
def test_request_ages_must_make_sense(age: dict[str, str]) -> None:
    with pytest.raises(PolicyError, match="requestAge"):
        parse_policy(json.dumps({**POLICY, "requestAge": age}), "p")


def test_a_policy_that_is_not_json_is_refused_with_line_and_column() -> None:
    with pytest.raises(PolicyError, match="line 2, column"):
        parse_policy('{\n"version": }', "p")


def test_a_policy_that_is_not_there_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read: No such file"):
        load_policy(tmp_path / "none.json")


def test_every_code_has_a_sentence() -> None:
    assert set(MESSAGES) == set(Code)


def test_rules_that_need_the_directory_say_nothing_without_it() -> None:
    protected = {"users": ["anna@contoso.example"]}
    assert codes({}, None, protectedUsers=protected) == []
    assert codes({}, state(), protectedUsers=protected) == [Code.PROTECTED_USER]


@pytest.mark.parametrize(
    ("roles", "protected"), [(["*"], True), (["global administrator"], True), (["Helpdesk Administrator"], False)]
)
def test_holders_of_a_protected_role_are_not_touched(roles: list[str], protected: bool) -> None:  # noqa: FBT001 - parametrized
    admin = state(roles=(DirectoryRole("62e90394-69f5-4237-9190-012177145e10", "Global Administrator"),))
    found = codes({}, admin, protectedUsers={"directoryRoles": roles})
    assert (Code.PRIVILEGED_USER in found) is protected


def test_a_role_that_may_not_be_read_protects() -> None:
    """Graph lists an object that the app has no permission for with its id alone."""
    found = codes(
        {}, state(roles=(DirectoryRole("", ""),)), protectedUsers={"directoryRoles": ["Helpdesk Administrator"]}
    )
    assert found == [Code.PRIVILEGED_USER]


def test_a_list_of_allowed_regions_allows_no_other() -> None:
    assert codes({}, state(), regions={"allowed": ["AT"], "default": "DE"}) == [Code.REGION_NOT_ALLOWED]
    assert codes({}, state(), regions={"allowed": ["DE"], "default": "DE"}) == []


def test_a_requester_that_is_not_named_has_the_wildcards_rights_and_a_named_one_its_own() -> None:
    requesters = {"*": ["set"], "Workday": []}
    assert codes({"requestedBy": "form"}, None, requesters=requesters) == []
    assert codes({"requestedBy": "workday"}, None, requesters=requesters) == [Code.REQUESTER_NOT_ALLOWED]


@pytest.mark.parametrize(
    ("phones", "others", "minimum", "locked_out"),
    [
        ([PhoneType.MOBILE], (), 1, True),
        ([PhoneType.MOBILE], ("passwordAuthenticationMethod", "emailAuthenticationMethod"), 1, True),
        ([PhoneType.MOBILE], ("fido2AuthenticationMethod",), 1, False),
        ([PhoneType.MOBILE], ("fido2AuthenticationMethod",), 2, True),
        ([PhoneType.MOBILE, PhoneType.OFFICE], (), 1, False),
        # All phones count once, so that this one takes nothing away.
        ([PhoneType.MOBILE, PhoneType.OFFICE], (), 2, False),
        ([PhoneType.MOBILE, PhoneType.OFFICE], ("fido2AuthenticationMethod",), 3, False),
        ([PhoneType.OFFICE], (), 1, False),
        ([], (), 1, False),
    ],
)
def test_a_removal_leaves_the_usable_methods_that_policy_demands_phones_counting_once(
    phones: list[PhoneType],
    others: tuple[str, ...],
    minimum: int,
    locked_out: bool,  # noqa: FBT001 - parametrized
) -> None:
    request = {"operation": "remove", "phoneNumber": None, "phoneType": "mobile"}
    found = codes(request, state(*phones, others=others), lockOut={"minimumUsableMethods": minimum})
    assert (Code.WOULD_LOCK_OUT in found) is locked_out


def test_every_objection_is_listed_the_gravest_first() -> None:
    found = codes({"requestedBy": "form", "phoneNumber": "+53 5 1234567 x1", "requestedAt": "2027-01-01T00:00:00Z"})
    assert found == [
        Code.REQUESTED_IN_FUTURE,
        Code.REQUESTER_NOT_ALLOWED,
        Code.EXTENSION_NOT_ALLOWED,
        Code.REGION_NOT_ALLOWED,
    ]


methods = st.sampled_from(
    ["fido2AuthenticationMethod", "emailAuthenticationMethod", "softwareOathAuthenticationMethod"]
)


@given(st.lists(methods, max_size=3), methods, st.integers(1, 4))
def test_one_more_method_never_makes_a_removal_worse(others: list[str], extra: str, minimum: int) -> None:
    request = {"operation": "remove", "phoneNumber": None}
    rules = {"lockOut": {"minimumUsableMethods": minimum}}
    before = codes(request, state(PhoneType.MOBILE, others=tuple(others)), **rules)
    after = codes(request, state(PhoneType.MOBILE, others=(*others, extra)), **rules)
    assert set(after) <= set(before)


@given(st.sets(st.sampled_from(["DE", "AT", "US", "CU"])), st.sampled_from(["DE", "AT", "US", "CU"]))
def test_blocking_one_more_region_never_admits_more(blocked: set[str], extra: str) -> None:
    before = codes({}, state(), regions={"blocked": sorted(blocked), "default": "DE"})
    after = codes({}, state(), regions={"blocked": sorted(blocked | {extra}), "default": "DE"})
    assert set(before) <= set(after)


def test_the_explicit_expiry_is_capped_by_policys_longest_age() -> None:
    request = ChangeRequest.model_validate(World().request(expiresAt="2099-01-01T00:00:00Z"))
    facts = Facts(request, policy(requestAge={"longest": "P30D"}).rules, START)
    assert (facts.expires_at - request.requested_at).days == 30
    assert NEW.national not in str(facts)
