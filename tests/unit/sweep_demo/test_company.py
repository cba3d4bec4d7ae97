"""The generated company: what was planted is there, and nothing else is odd about it."""

import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

from local.graph.tenant.reading import read_tenant_file
from local.serving import CannotStartError
from local.sweep_demo import rare_kinds
from local.sweep_demo.company import FEWEST, GeneratedTenant
from local.sweep_demo.number_blocks import NO_SUCH_NUMBER, NumberBlock, NumberBook, all_blocks
from local.sweep_demo.todays_policy import write_policy
from shared.compliance.finding import ComplianceCode, Verdict
from shared.policy.load import load_policy

AT = date(2026, 11, 26)
PEOPLE = 2_000


@pytest.fixture(scope="module")
def tenant() -> GeneratedTenant:
    return GeneratedTenant(PEOPLE, seed=7, at=AT)


@pytest.fixture(scope="module")
def users(tenant: GeneratedTenant) -> list[dict[str, Any]]:
    return list(tenant.users())


def phones_of(users: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(phone["phoneNumber"], user["id"]) for user in users for phone in user["phoneMethods"]]


def test_the_same_seed_gives_the_same_company(users: list[dict[str, Any]]) -> None:
    assert list(GeneratedTenant(PEOPLE, seed=7, at=AT).users()) == users
    assert list(GeneratedTenant(PEOPLE, seed=8, at=AT).users()) != users


def test_everyone_has_a_name_and_an_id_of_their_own(users: list[dict[str, Any]]) -> None:
    for word in ("id", "userPrincipalName"):
        assert len({user[word].casefold() for user in users}) == PEOPLE


def test_nobody_shares_a_number_but_those_of_whom_it_is_planted(
    tenant: GeneratedTenant, users: list[dict[str, Any]]
) -> None:
    holders = defaultdict(set)
    for number, user_id in phones_of(users):
        holders[number].add(user_id)
    sharing = [user_id for group in holders.values() if len(group) > 1 for user_id in group]
    planted = [
        finding.user_id
        for finding in tenant.planted
        if finding.code is ComplianceCode.NUMBER_SHARED and finding.verdict is Verdict.VIOLATION
    ]
    assert sorted(sharing) == sorted(planted)
    assert {len(group) for group in holders.values()} >= {1, 2, 3}


@pytest.mark.parametrize("people", [FEWEST, 400, PEOPLE])
def test_every_code_is_planted_however_small_the_company_is(people: int) -> None:
    company = GeneratedTenant(people, seed=1, at=AT)
    list(company.users())
    # A drift takes a change first, and an exception stands in policy.
    elsewhere = {ComplianceCode.NUMBER_DRIFT, ComplianceCode.EXCEPTION_EXPIRING}
    violations = {finding.code for finding in company.planted if finding.verdict is Verdict.VIOLATION}
    assert violations == set(ComplianceCode) - elsewhere
    assert {finding.verdict for finding in company.planted} == {Verdict.VIOLATION, Verdict.UNKNOWN}
    assert set(company.excused) == {rare_kinds.VOIP_EXCUSED, rare_kinds.PHONE_EXCUSED}


def test_the_mix_is_that_of_a_tenant_on_its_way_to_passkeys(
    tenant: GeneratedTenant, users: list[dict[str, Any]]
) -> None:
    counts = Counter(finding.code for finding in tenant.planted)
    assert 0.09 < counts[ComplianceCode.PHONE_ONLY] / PEOPLE < 0.18
    assert 0.01 < counts[ComplianceCode.NO_METHOD] / PEOPLE < 0.05
    disabled = [user for user in users if user.get("accountEnabled") is False]
    assert 0.04 < len(disabled) / PEOPLE < 0.08
    assert 0.1 < sum(bool(user["phoneMethods"]) for user in disabled) / len(disabled) < 0.45
    assert 0.03 < sum(user.get("userType") == "Guest" for user in users) / PEOPLE < 0.07


def test_departments_differ_in_size_and_habits(tenant: GeneratedTenant, users: list[dict[str, Any]]) -> None:
    of_user = {user["id"]: user.get("department", "") for user in users}
    sizes = Counter(of_user.values())
    on_phone = Counter(of_user[each.user_id] for each in tenant.planted if each.code is ComplianceCode.PHONE_ONLY)
    assert sizes["Manufacturing"] > 4 * sizes["Legal"]
    assert on_phone["Logistics"] / sizes["Logistics"] > 5 * on_phone["Engineering"] / sizes["Engineering"]
    assert sizes[""], "of some the directory does not say it"


def test_everyone_but_the_first_has_a_manager_and_nobody_leads_in_a_circle(users: list[dict[str, Any]]) -> None:
    place = {user["userPrincipalName"]: number for number, user in enumerate(users)}
    assert "manager" not in users[0]
    assert all(place[user["manager"]] < place[user["userPrincipalName"]] for user in users[1:])


def test_the_twin_reads_the_file(tenant: GeneratedTenant, tmp_path: Path) -> None:
    again = GeneratedTenant(PEOPLE, seed=7, at=AT)
    again.write(tmp_path / "tenant.json", {"limits": "published"})
    file = read_tenant_file(tmp_path / "tenant.json")
    assert len(file.tenant.users) == PEOPLE
    assert again.planted == tenant.planted
    assert len(file.faults) == len(again.refused) > 0
    assert not any(user.left_aside for user in file.tenant.users)


def test_a_number_that_is_oddly_written_stays_so_in_the_twin(tmp_path: Path) -> None:
    tenant = GeneratedTenant(FEWEST, seed=1, at=AT)
    tenant.write(tmp_path / "tenant.json", {})
    (odd,) = [
        each.user_id
        for each in tenant.planted
        if each.code is ComplianceCode.NUMBER_FORMAT and each.verdict is Verdict.VIOLATION
    ]
    user = read_tenant_file(tmp_path / "tenant.json").tenant.user(odd)
    assert user is not None
    (phone,) = user.phones.latest
    assert "\u2009" in phone.number


def test_who_registered_a_passkey_of_late_begins_with_a_phone_alone() -> None:
    weeks = GeneratedTenant(PEOPLE, seed=7, at=AT, weeks=8)
    users = {user["id"]: user for user in weeks.users()}
    assert {each.week for each in weeks.joined} == set(range(1, 9))
    assert all(users[each.user_id]["methods"] == [] for each in weeks.joined)
    planted = {finding.user_id for finding in weeks.planted}
    assert not planted & {each.user_id for each in weeks.joined}


@pytest.mark.parametrize("at", [AT, date(2027, 6, 1)])
def test_the_policy_is_one_and_its_exception_is_about_to_expire(at: date, tmp_path: Path) -> None:
    tenant = GeneratedTenant(FEWEST, seed=1, at=at)
    list(tenant.users())
    (found,) = write_policy(tmp_path / "policy.json", tenant)
    rules = load_policy(tmp_path / "policy.json").rules
    assert found.code is ComplianceCode.EXCEPTION_EXPIRING
    assert sum((each.expires - at) <= rules.exception_notice for each in rules.exceptions) == 1
    assert (rules.telephony.mode == "microsoft") == (at < rules.telephony.retires_on)


@pytest.mark.parametrize(("name", "block"), list(all_blocks()), ids=[name for name, _ in all_blocks()])
def test_every_number_of_a_block_exists_and_is_of_one_kind(name: str, block: NumberBlock) -> None:
    places = {*range(0, block.size, block.size // 199), block.size - 1}
    parsed = [phonenumbers.parse(block.number(place)) for place in places]
    assert all(map(phonenumbers.is_valid_number, parsed)), name
    assert len({(phonenumbers.region_code_for_number(each), phonenumbers.number_type(each)) for each in parsed}) == 1


def test_a_number_that_should_not_exist_does_not() -> None:
    places = range(0, NO_SUCH_NUMBER.size, 499)
    assert not any(phonenumbers.is_valid_number(phonenumbers.parse(NO_SUCH_NUMBER.number(place))) for place in places)


def test_no_number_of_a_block_is_given_twice_and_its_end_is_told() -> None:
    block = NumberBlock(44, ("7400123", "7400124"), 3)
    book = NumberBook()
    assert len({book.draw(block) for _ in range(block.size)}) == block.size == 2_000
    with pytest.raises(CannotStartError, match="only 2,000 numbers"):
        book.draw(block)


def test_blocks_do_not_overlap() -> None:
    beginnings = {
        f"+{block.country_code} {beginning}": name for name, block in all_blocks() for beginning in block.beginnings
    }
    distinct = {block for _, block in all_blocks()}
    assert len(beginnings) == sum(len(block.beginnings) for block in distinct)
    assert not any(one != other and one.startswith(other) for one in beginnings for other in beginnings)


def test_a_file_is_json(tmp_path: Path) -> None:
    GeneratedTenant(FEWEST, seed=3, at=AT).write(tmp_path / "tenant.json", {"seed": 3})
    assert len(json.loads((tmp_path / "tenant.json").read_text(encoding="utf-8"))["users"]) == FEWEST
