"""Numbers of every region and every type: libphonenumber's own examples, not only the countries that we thought of."""

from functools import cache

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.phone.reading import ReadNumber, known_number, read_number
from shared.policy.facts import Facts
from shared.policy.model import Policy
from shared.policy.rules import number_type, region
from tests.unit.policy.facts import NOW, policy, request

TYPES = {PhoneNumberType.to_string(value).lower(): value for value in PhoneNumberType.values()}
KINDS = sorted(TYPES)
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
NO_REGION = sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)

# libphonenumber has no numbers of this type: its example is that of a fixed line.
NO_TYPE_OF_ITS_OWN = "fixed_line_or_mobile"
# Numbering plans that do not tell the one from the other, at least not in the range of the example.
EITHER = {
    "fixed_line": "CA DK DO FM GU IN JM MP MU PM PR TN US UZ VI WF",
    "mobile": "CA CL DO FM GU MP MX PR US VI",
}
# Territories that share a country code: what is not theirs alone belongs to the plan's main region.
_NORTH_AMERICAN = (
    "AG AI AS BB BM BS CA DM DO GD GU JM KN KY LC MP MS PR SX TC TT VC VG VI",
    "toll_free premium_rate personal_number",
)
SHARED_PLANS = {
    "US": [_NORTH_AMERICAN],
    "GB": [
        ("GG IM JE", "toll_free premium_rate voip personal_number uan"),
        ("GG JE", "pager"),
        ("IM", "mobile"),
    ],
    "AU": [("CC CX", "mobile toll_free premium_rate shared_cost voip")],
    "FI": [("AX", "mobile toll_free premium_rate uan")],
    "NO": [("SJ", "mobile toll_free premium_rate shared_cost voip personal_number uan voicemail")],
    "IT": [("VA", "mobile toll_free premium_rate shared_cost voip personal_number voicemail")],
    "MA": [("EH", "fixed_line mobile toll_free premium_rate voip")],
    "GP": [("BL MF", "mobile toll_free premium_rate voip")],
    "BL": [("MF", "fixed_line")],
    "RU": [("KZ", "toll_free premium_rate personal_number")],
    "RE": [("YT", "toll_free")],
}
HOMES = {
    (territory, kind): home
    for home, groups in SHARED_PLANS.items()
    for territories, kinds in groups
    for territory in territories.split()
    for kind in kinds.split()
}


def examples(code: str) -> dict[str, phonenumbers.PhoneNumber]:
    """Gives a region's example by type, as far as there is one."""
    found = {kind: phonenumbers.example_number_for_type(code, value) for kind, value in TYPES.items()}
    return {kind: number for kind, number in found.items() if number is not None}


def expected(code: str, kind: str) -> tuple[str, str]:
    """Gives the region and the type that an example must be read as."""
    own = "fixed_line" if kind == NO_TYPE_OF_ITS_OWN else kind
    read_as = "fixed_line_or_mobile" if code in EITHER.get(own, "").split() else own
    return HOMES.get((code, own), code), read_as


def read(number: phonenumbers.PhoneNumber, style: int = PhoneNumberFormat.INTERNATIONAL) -> ReadNumber:
    found = read_number(phonenumbers.format_number(number, style), None)
    assert isinstance(found, ReadNumber)
    return found


@cache
def allowing(*kinds: str) -> Policy:
    return policy(numberTypes=dict.fromkeys(PhoneType, kinds))


def refused_for_its_type(number: ReadNumber, rules: Policy) -> bool:
    return number_type.objection(under(rules, number)) is not None


def refused_for_its_region(number: ReadNumber, rules: Policy) -> bool:
    return region.objection(under(rules, number)) is not None


def under(rules: Policy, number: ReadNumber) -> Facts:
    return Facts(request(phoneNumber=number.number.in_clear()), rules, NOW)


@pytest.mark.parametrize("code", REGIONS)
def test_an_example_is_read_as_what_it_is(code: str) -> None:
    for kind, number in examples(code).items():
        found = read(number)
        assert (kind, found.region, found.kind) == (kind, *expected(code, kind))


@pytest.mark.parametrize("code", REGIONS)
def test_an_example_is_the_same_number_in_national_and_international_form(code: str) -> None:
    for number in examples(code).values():
        national = read_number(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL), code)
        assert (
            national == read(number) == read(number, PhoneNumberFormat.E164) == read(number, PhoneNumberFormat.RFC3966)
        )


@pytest.mark.parametrize("code", REGIONS)
def test_an_examples_type_is_allowed_exactly_where_policy_lists_it(code: str) -> None:
    for number in map(read, examples(code).values()):
        others = tuple(kind for kind in KINDS if kind != number.kind)
        assert not refused_for_its_type(number, allowing(number.kind))
        assert refused_for_its_type(number, allowing(*others))


@pytest.mark.parametrize("code", REGIONS)
def test_an_examples_region_is_allowed_exactly_where_policy_says(code: str) -> None:
    for number in map(read, examples(code).values()):
        other = "DE" if number.region != "DE" else "FR"
        assert not refused_for_its_region(number, policy(regions={"allowed": [number.region]}))
        assert refused_for_its_region(number, policy(regions={"allowed": [other]}))
        assert refused_for_its_region(number, policy(regions={"blocked": [number.region]}))
        assert not refused_for_its_region(number, policy(regions={"blocked": [other]}))


@pytest.mark.parametrize("code", REGIONS)
def test_an_example_goes_to_graph_and_comes_back(code: str) -> None:
    for found in map(read, examples(code).values()):
        assert PhoneNumber.from_graph(found.number.in_clear()) == found.number
        assert known_number(found.number) == found


@pytest.mark.parametrize("code", REGIONS)
def test_an_example_is_masked_but_for_two_digits(code: str) -> None:
    for found in map(read, examples(code).values()):
        shown = str(found.number)
        assert found.number.national not in shown
        assert sum(sign.isdigit() for sign in shown.partition(" ")[2]) == 2


@pytest.mark.parametrize("code", NO_REGION)
def test_a_number_of_no_country_belongs_to_region_001(code: int) -> None:
    number = phonenumbers.example_number_for_non_geo_entity(code)
    assert number is not None
    found = read(number, PhoneNumberFormat.E164)
    assert (found.region, found.kind) == ("001", PhoneNumberType.to_string(phonenumbers.number_type(number)).lower())
    assert refused_for_its_region(found, policy(regions={"blocked": ["001"]}))
    assert not refused_for_its_region(found, policy(regions={"allowed": ["001"]}))
    assert PhoneNumber.from_graph(found.number.in_clear()) == found.number
    assert found.number.national not in str(found.number)


def test_every_region_but_tristan_da_cunha_has_an_example_of_a_mobile_number() -> None:
    """Without this the tests above could pass on nothing."""
    assert [code for code in REGIONS if "mobile" not in examples(code)] == ["TA"]
    assert sum(len(examples(code)) for code in REGIONS) > 1300


def test_every_exception_in_the_lists_above_is_one() -> None:
    listed = [*HOMES, *((code, kind) for kind, codes in EITHER.items() for code in codes.split())]
    assert [each for each in listed if each[1] not in examples(each[0])] == []
