"""Microsoft's text messages and calls end on a day: before, at and after it, by mode."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.codes import Code, WarningCode
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.phone.reading import ReadNumber
from shared.policy.answers import Answer
from shared.policy.decide import decide
from shared.policy.methods import RETIREMENT
from shared.policy.telephony import unreachable_because
from shared.policy.telephony_warnings import warnings_of
from tests.unit.policy.facts import NEW, OLD, facts, fired, policy, removal, request, state

ENDS = datetime(2027, 2, 1, tzinfo=UTC)
DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)
RETIRED = {Code.TELEPHONY_RETIRED: Answer.REFUSE}


def at(now: datetime, mode: str = "microsoft", **telephony: Any) -> dict[str, Any]:
    return {
        "now": now,
        "policy": {"telephony": {"mode": mode, **telephony}, "requestAge": {"maximum": "P400D", "longest": "P400D"}},
    }


def test_the_day_is_the_one_that_microsoft_published() -> None:
    assert date(2027, 2, 1) == RETIREMENT
    assert policy().telephony.retires_on == RETIREMENT


@pytest.mark.parametrize(
    ("mode", "now", "refused"),
    [
        ("microsoft", ENDS - DAY, False),
        ("microsoft", ENDS - MOMENT, False),
        ("microsoft", ENDS, True),
        ("microsoft", ENDS + 300 * DAY, True),
        ("customer_provider", ENDS - MOMENT, False),
        ("customer_provider", ENDS, False),
        ("customer_provider", ENDS + 300 * DAY, False),
        ("retired", ENDS - 60 * DAY, True),
        ("retired", ENDS, True),
    ],
)
def test_a_phone_is_set_as_long_as_something_is_delivered_to_it(mode: str, now: datetime, refused: bool) -> None:  # noqa: FBT001
    assert fired(**at(now, mode)) == (RETIRED if refused else {})


@pytest.mark.parametrize("answer", [Answer.WARN, Answer.COOL_OFF, Answer.HOLD, Answer.REFUSE])
def test_policy_may_soften_the_end_and_never_switch_it_off(answer: Answer) -> None:
    fields = at(ENDS)
    fields["policy"]["answers"] = {"telephony_retired": answer}
    assert fired(**fields) == {Code.TELEPHONY_RETIRED: answer}


def test_a_phone_may_always_be_removed_where_something_else_is_left() -> None:
    assert fired(removal(), **at(ENDS)) == {}


@pytest.mark.parametrize("days", [timedelta(0), timedelta(days=179), timedelta(days=180), timedelta(days=181)])
def test_warnings_begin_when_policy_says(days: timedelta) -> None:
    now = ENDS - days - MOMENT if days else ENDS - MOMENT
    asked = facts(**at(now))
    expected = () if now.date() < date(2026, 8, 5) else (WarningCode.TELEPHONY_RETIRES,)
    assert warnings_of(asked, decide(asked).proof) == expected


def test_warnings_before_at_and_after_the_day() -> None:
    told = {now: warnings_of(facts(**at(now)), None) for now in (ENDS - MOMENT, ENDS, ENDS + DAY)}
    assert told == {
        ENDS - MOMENT: (WarningCode.TELEPHONY_RETIRES,),
        ENDS: (WarningCode.TELEPHONY_RETIRED,),
        ENDS + DAY: (WarningCode.TELEPHONY_RETIRED,),
    }
    assert warnings_of(facts(**at(ENDS, "customer_provider")), None) == ()
    assert warnings_of(facts(removal(), **at(ENDS)), None) == ()


def test_a_phone_that_is_all_there_is_is_warned_of() -> None:
    for others, expected in (((), (WarningCode.PHONE_IS_ONLY_METHOD,)), (("fido2AuthenticationMethod",), ())):
        asked = facts(state=state(others=others), **at(ENDS, "customer_provider"))
        assert warnings_of(asked, decide(asked).proof) == expected


@pytest.mark.parametrize(
    ("mode", "now", "before", "after"),
    [
        ("microsoft", ENDS - MOMENT, 2, 1),
        ("microsoft", ENDS, 1, 1),
        ("customer_provider", ENDS, 2, 1),
        ("retired", ENDS - DAY, 1, 1),
    ],
)
def test_the_proof_counts_a_phone_as_long_as_something_is_delivered_to_it(
    mode: str, now: datetime, before: int, after: int
) -> None:
    proof = decide(facts(removal(), **at(now, mode))).proof
    assert proof is not None
    assert (proof.before, proof.after, proof.as_of) == (before, after, now.date())


def test_the_last_phone_may_go_once_it_is_no_method_any_more() -> None:
    alone = state(others=())
    assert Code.WOULD_LOCK_OUT in fired(removal(), state=alone, **at(ENDS - MOMENT))
    assert fired(removal(), state=alone, **at(ENDS)) == {}


@pytest.mark.parametrize(
    ("telephony", "reached"),
    [
        ({}, True),
        ({"unreachableRegions": ["GB"]}, False),
        ({"unreachableRegions": ["DE"]}, True),
        ({"mode": "customer_provider", "reachableRegions": ["GB"]}, True),
        ({"mode": "customer_provider", "reachableRegions": ["DE"]}, False),
        # The list is that of the tenant's own provider.
        ({"mode": "microsoft", "reachableRegions": ["DE"]}, True),
    ],
)
def test_a_number_that_nothing_reaches_is_no_method(telephony: dict[str, Any], reached: bool) -> None:  # noqa: FBT001
    proof = decide(facts(policy={"telephony": telephony})).proof
    assert proof is not None
    assert [method.usable for method in proof.methods] == [reached, True]
    lost = fired(
        state=state({PhoneType.MOBILE: PhoneNumber(49, "15123456789")}, others=()), policy={"telephony": telephony}
    )
    expected = Code.WOULD_LOCK_OUT in lost
    assert expected is (not reached and "DE" not in telephony.get("unreachableRegions", []))


@pytest.mark.parametrize(
    ("kind", "deaf"),
    [("mobile", False), ("fixed_line", False), ("voip", False), ("pager", True), ("premium_rate", True)],
)
def test_no_code_reaches_a_pager_or_a_premium_rate_number(kind: str, deaf: bool) -> None:  # noqa: FBT001
    phone = ReadNumber(NEW, "GB", kind)
    assert (unreachable_because(phone, policy().telephony) is not None) is deaf


def test_two_phones_count_once() -> None:
    proof = decide(facts(request(phoneType="office"), state=state({PhoneType.MOBILE: OLD}, others=()))).proof
    assert proof is not None
    assert (proof.before, proof.after, proof.only_phones) == (1, 1, True)
