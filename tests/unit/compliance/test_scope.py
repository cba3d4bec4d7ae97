"""Who is checked, and whose methods are read one by one."""

import pytest

from shared.compliance.judging import judge
from shared.compliance.rows import Registered, Unavailable
from shared.compliance.scope import in_scope, needs_reading, person_needs_reading, report_needs_reading
from shared.compliance.subject import Standards, Subject
from tests.unit.compliance.people import (
    PERSON,
    expected,
    person,
    read,
    report,
    reported,
    standards,
)
from tests.unit.policy.facts import ANNA

NO_LICENCE = standards(report=Unavailable("No licence.", "licence"))
WITH_GUESTS = standards(sweep={"guests": True})


@pytest.mark.parametrize(("user_type", "by", "checked"), [
    ("member", standards(), True),
    ("", standards(), True),
    ("guest", standards(), False),
    ("guest", WITH_GUESTS, True),
])  # fmt: skip
def test_guests_are_checked_where_policy_says_so(user_type: str, by: Standards, *, checked: bool) -> None:
    guest = person(user_type=user_type)
    assert in_scope(guest, by.rules) is checked
    assert needs_reading(guest, None, by) is checked
    assert person_needs_reading(person(user_type=user_type, account_enabled=False), by) is checked


def test_a_guests_row_of_the_report_is_left_alone_as_well() -> None:
    row = Registered(ANNA, ("mobilePhone",), user_type="guest")
    assert not report_needs_reading(row, standards())
    assert report_needs_reading(row, WITH_GUESTS)


@pytest.mark.parametrize(
    ("methods", "needed"),
    [
        ((), True),
        (("fido2", "microsoftAuthenticatorPush"), False),
        (("email",), True),
        (("fido2", "microsoftAuthenticatorPush", "mobilePhone"), True),
        (("officePhone",), True),
        (("fido2", "microsoftAuthenticatorPush", "telepathy"), True),
        (("fido2",), True),
        (("passKeyDeviceBound", "fido2SecurityKey", "email"), True),
    ],
    ids=["nothing", "two kinds", "no method", "a phone", "an office phone", "an unknown name", "one kind", "one twice"],
)
def test_the_report_says_too_little_of_phones_unknown_names_and_few_kinds(
    methods: tuple[str, ...], *, needed: bool
) -> None:
    assert report_needs_reading(report(*methods), standards()) is needed
    assert needs_reading(PERSON, report(*methods), standards()) is needed


def test_one_kind_is_enough_where_nobody_asks_for_two() -> None:
    assert not report_needs_reading(report("fido2"), standards(sweep={"minimumUsableMethods": 1}))
    assert not report_needs_reading(report("fido2"), standards(sweep={"off": ["few_methods"]}))


def test_whoever_is_missing_in_the_report_is_read() -> None:
    assert needs_reading(PERSON, None, standards())


def test_disabled_accounts_are_read_whatever_the_report_says() -> None:
    assert person_needs_reading(person(account_enabled=False), standards())
    assert needs_reading(person(account_enabled=False), report(), standards())
    assert not person_needs_reading(PERSON, standards())
    assert not person_needs_reading(person(account_enabled=None), standards())


def test_without_the_report_everybody_is_read() -> None:
    assert person_needs_reading(PERSON, NO_LICENCE)
    assert needs_reading(PERSON, None, NO_LICENCE)


def test_whoever_should_have_a_phone_that_the_report_does_not_show_is_read() -> None:
    strong = report("fido2", "microsoftAuthenticatorPush")
    assert needs_reading(PERSON, strong, standards(), (expected(),))
    assert not needs_reading(PERSON, strong, standards(), (expected(""),))


def test_the_judgement_says_who_was_read_and_who_should_have_been() -> None:
    told = [(each.known, each.read, each.unread) for each in (
        judge(read(), standards()),
        judge(reported("mobilePhone"), standards()),
        judge(reported("fido2", "microsoftAuthenticatorPush"), standards()),
        judge(Subject(PERSON), standards()),
    )]  # fmt: skip
    assert told == [(True, True, False), (True, False, True), (True, False, False), (False, False, True)]
