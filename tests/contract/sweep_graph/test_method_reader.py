"""Methods are read 20 users at a time; what is not answered is asked again, and never taken for no methods."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shared.backoff import LONGEST_OBEYED
from shared.compliance.rows import MethodsRead, MethodsRefused, PhoneSeen, Unavailable
from shared.errors import DirectoryThrottledError, DirectoryUnavailableError
from shared.graph.faults import AnswerLostError
from shared.graph.sweeping.json_batch import BATCH_SIZE
from shared.phone.phone_type import METHOD_IDS, PhoneType
from shared.policy.model import Policy
from shared.settings import Settings
from shared.sweep.paced_reading import BATCH_SIZE as PACED
from shared.sweep.ports import BatchAnswer
from tests.contract.directory.far_end import FarEnd, answer
from tests.contract.sweep_graph.answers import refused
from tests.contract.sweep_graph.conftest import KEYS, Reach, Sweep
from tests.contract.sweep_graph.heads import heard
from tests.unit.policy.facts import policy

METHODS = "/users/{id}/authentication/methods"
BATCH = "/$batch"
PREFIX = "#microsoft.graph."
FIDO2 = {"@odata.type": f"{PREFIX}fido2AuthenticationMethod", "id": "x"}
PHONE = {
    "@odata.type": f"{PREFIX}phoneAuthenticationMethod",
    "id": METHOD_IDS[PhoneType.MOBILE],
    "phoneNumber": "+44 7400123450",
    "phoneType": "mobile",
    "smsSignInState": "ready",
}
DENIED = {"error": {"code": "Authorization_RequestDenied", "message": "+44 7400123450"}}


def user_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


@pytest.fixture
def rules() -> Policy:
    return policy(blockedNumbers=["+447400123451"])


@pytest.fixture
def tenant() -> dict[str, Any]:
    users: list[dict[str, Any]] = [
        {"id": user_id(number), "userPrincipalName": f"u{number}@contoso.example"} for number in range(20)
    ]
    users[0] |= {
        "methods": ["password", "fido2", "softwareOath"],
        "phoneMethods": [
            {"phoneType": "office", "phoneNumber": "+44 1212345678x9"},
            {"phoneType": "mobile", "phoneNumber": "+44 7400123451"},
        ],
    }
    users[1] |= {"methods": [], "accountEnabled": False}
    return {"users": users}


async def read(sweep: Sweep, *names: str) -> BatchAnswer:
    found = await sweep.methods.read(names)
    assert isinstance(found, BatchAnswer)
    return found


def item(name: str, status: int = 200, **more: Any) -> dict[str, Any]:
    return {"id": name, "status": status, "headers": {}, "body": {"value": [FIDO2]}, **more}


def batched(*items: object, headers: Mapping[str, str] | None = None) -> bytes:
    return answer(200, json.dumps({"responses": items}), headers=headers)


async def test_twenty_users_cost_one_call_and_each_is_answered_for(reach: Reach) -> None:
    names = [user_id(number) for number in range(BATCH_SIZE)]
    found = await read(reach, *names)
    assert [reading.user_id for reading in found.readings] == names
    assert (found.again, found.throttled, found.retry_after, found.load) == ((), 0, None, 0)
    assert reach.calls_made.count(("POST", BATCH)) == 1
    assert reach.calls_made.count(("GET", METHODS)) == BATCH_SIZE


async def test_a_user_has_methods_by_type_and_phones_without_numbers(reach: Reach) -> None:
    (found,) = (await read(reach, user_id(0))).readings
    assert isinstance(found, MethodsRead)
    assert found.methods == ("fido2AuthenticationMethod", "softwareOathAuthenticationMethod")
    assert found.read_at == reach.clock.now()
    mobile, office = found.phones
    assert (mobile.phone_type, mobile.masked, mobile.kind, mobile.region) == (
        PhoneType.MOBILE,
        "+44 ********51",
        "mobile",
        "GB",
    )
    assert (mobile.is_blocked, mobile.is_well_written, bool(mobile.sms_sign_in)) == (True, True, True)
    assert len(mobile.mark_hashes) == len(KEYS)
    assert (office.phone_type, office.masked, office.is_blocked) == (PhoneType.OFFICE, "+44 ********78x*", False)


async def test_who_has_no_method_is_read_also_where_the_account_is_disabled(reach: Reach) -> None:
    assert await read(reach, user_id(1)) == BatchAnswer((MethodsRead(user_id(1), reach.clock.now()),))


async def test_who_is_gone_is_told_with_graphs_code(reach: Reach) -> None:
    found = await read(reach, user_id(0), "00000000-0000-4000-8000-0000000000ff")
    assert isinstance(found.readings[1], MethodsRefused)
    assert found.readings[1].why.startswith("HTTP 404 ")
    assert found.again == ()


@pytest.mark.parametrize("granted", [["User.Read.All"]], ids=["denied"])
async def test_without_the_permission_nobody_can_be_read(reach: Reach) -> None:
    found = await reach.methods.read([user_id(0), user_id(1)])
    assert isinstance(found, Unavailable)
    assert (found.reason, "UserAuthenticationMethod.Read.All" in found.why) == ("permission", True)


async def test_who_is_throttled_within_a_batch_is_asked_again_after_the_longest_wait(reach: Reach) -> None:
    for number, wait in ((3, "4"), (5, "9")):
        reach.fail(match={"user": user_id(number)}, status=429, retryAfter=wait)
    found = await read(reach, *(user_id(number) for number in range(8)))
    assert found.again == (user_id(3), user_id(5))
    assert (found.retry_after, found.throttled, len(found.readings)) == (9, 2, 6)
    assert (await read(reach, *found.again)).again == ()


async def test_nobody_asks_for_nothing(reach: Reach) -> None:
    assert await read(reach) == BatchAnswer(())
    assert reach.calls_made == []


async def test_a_name_that_is_asked_for_twice_is_asked_once(reach: Reach) -> None:
    assert len((await read(reach, user_id(0), user_id(0))).readings) == 1


async def test_every_item_and_the_batch_itself_yield_to_others(settings: Settings, rules: Policy) -> None:
    """Failure guarded against: a sweep that takes a change's share of the limits."""
    head, body = await heard(settings, rules, lambda sweep: sweep.methods.read(["a/b#c"]))
    assert "x-ms-throttle-priority: low" in head.lower()
    assert json.loads(body)["requests"] == [
        {
            "id": "1",
            "method": "GET",
            "url": "/users/a%2Fb%23c/authentication/methods",
            "headers": {"x-ms-throttle-priority": "low"},
        }
    ]


ODD_ITEMS: dict[str, list[object]] = {
    "missing": [],
    "of an unknown id": [item("3")],
    "double": [item("1"), item("1")],
    "double and different": [item("1"), item("1", 404, body=DENIED)],
    "no object": ["1", None, 1],
    "without an id": [{"status": 200, "body": {"value": []}}],
    "of a number as id": [item("1") | {"id": 1}],
    "without a status": [{"id": "1", "body": {"value": []}}],
    "of a text as status": [item("1") | {"status": "200"}],
    "of a truth as status": [item("1") | {"status": True}],
    "with odd headers": [item("1") | {"headers": ["x"]}],
    "without a body": [{"id": "1", "status": 200}],
    "with a text as body": [item("1") | {"body": "PGh0bWw+"}],
    "half a list": [item("1", body={"value": [FIDO2], "@odata.nextLink": "https://graph.microsoft.com/v1.0/x"})],
    "two phones of one type": [item("1", body={"value": [PHONE, PHONE]})],
    "no content": [item("1", 204)],
    "moved": [item("1", 302)],
    "unauthenticated": [item("1", 401, body=DENIED)],
    "timed out": [item("1", 408, body=DENIED)],
    "failed with another": [item("1", 424, body=DENIED)],
    "broken": [item("1", 500, body=DENIED)],
    "a gateway's 403": [item("1", 403, body="<html>")],
    "a 404 without a code": [item("1", 404, body={"error": {}})],
}


@pytest.mark.parametrize("items", ODD_ITEMS.values(), ids=list(ODD_ITEMS))
async def test_what_is_no_answer_about_a_user_is_asked_again(odd: Sweep, far: FarEnd, items: list[object]) -> None:
    """Failure guarded against: an error read as an empty list, and a user reported as one without a second method."""
    far.says("POST", BATCH, batched(*items, item("2")))
    assert await read(odd, "a", "b") == BatchAnswer(
        (MethodsRead("b", odd.clock.now(), ("fido2AuthenticationMethod",)),), again=("a",)
    )


@pytest.mark.parametrize(
    ("waits", "seconds"),
    [
        ([{"Retry-After": "3"}, {"retry-after": "8"}], 8),
        ([{"Retry-After": "soon"}, {}], 5),
        ([{}, {"RETRY-AFTER": "2"}], 2),
        ([{"Retry-After": "86400"}, {}], LONGEST_OBEYED),
    ],
    ids=str,
)
async def test_the_wait_of_throttled_items_is_known_and_bounded(
    odd: Sweep, far: FarEnd, waits: list[dict[str, str]], seconds: float
) -> None:
    items = [item(str(number), 429, headers=headers, body=DENIED) for number, headers in enumerate(waits, 1)]
    far.says("POST", BATCH, batched(*items))
    assert await read(odd, "a", "b") == BatchAnswer((), ("a", "b"), retry_after=seconds, throttled=2)


async def test_an_outage_that_asks_for_a_wait_is_no_throttling(odd: Sweep, far: FarEnd) -> None:
    far.says("POST", BATCH, batched(item("1", 503, headers={"Retry-After": "6"}, body=DENIED)))
    assert await read(odd, "a") == BatchAnswer((), ("a",), retry_after=6)


@pytest.mark.parametrize(
    ("outer", "inner", "load"),
    [("0.82", "0.91", 0.91), ("0.95", "0.91", 0.95), ("", "", 0), ("nan", "-1", 0), ("inf", "much", 0)],
)
async def test_the_load_is_the_highest_that_graph_tells(
    odd: Sweep, far: FarEnd, outer: str, inner: str, load: float
) -> None:
    name = "x-ms-throttle-limit-percentage"
    far.says("POST", BATCH, batched(item("1", headers={name: inner}), headers={name: outer} if outer else {}))
    assert (await read(odd, "a")).load == load


async def test_one_user_who_is_refused_says_nothing_about_the_others(odd: Sweep, far: FarEnd) -> None:
    far.says("POST", BATCH, batched(item("1", 403, body=DENIED), item("2")), batched(item("1", 403, body=DENIED)))
    refusal = MethodsRefused("a", "HTTP 403 Authorization_RequestDenied")
    assert (await read(odd, "a", "b")).readings[0] == refusal
    assert await read(odd, "a") == BatchAnswer((refusal,))


async def test_a_code_that_is_no_word_is_not_passed_on(odd: Sweep, far: FarEnd) -> None:
    error = {"error": {"code": "+44 7400123450", "message": "?"}}
    far.says("POST", BATCH, batched(item("1", 400, body=error)))
    assert (await read(odd, "a")).readings == (MethodsRefused("a", "HTTP 400 unreadableCode"),)


@pytest.mark.parametrize(
    "said",
    [
        answer(200, "{}"),
        answer(200, '{"responses": {}}'),
        answer(200, "[]"),
        answer(200),
        answer(200, "<html>", content_type="text/html"),
        answer(200, '{"responses": [', cut=9),
        refused(503, "ServiceUnavailable"),
        answer(403, "<html>", content_type="text/html"),
    ],
    ids=["none", "no list", "a list", "empty", "HTML", "cut off", "HTTP 503", "gateway"],
)
async def test_a_batch_without_an_answer_is_transient(odd: Sweep, far: FarEnd, said: bytes) -> None:
    far.says("POST", BATCH, said)
    with pytest.raises(AnswerLostError) as fault:
        await odd.methods.read(["a"])
    assert "7400" not in str(fault.value)


async def test_a_batch_that_is_throttled_silences_the_instance(odd: Sweep, far: FarEnd) -> None:
    far.says("POST", BATCH, refused(429, "TooManyRequests", **{"Retry-After": "11"}), batched(item("1")))
    for _ in range(2):
        with pytest.raises(DirectoryThrottledError):
            await odd.methods.read(["a"])
    assert len(far.asked) == 1
    odd.clock.move(seconds=11)
    assert (await read(odd, "a")).again == ()


async def test_a_token_that_graph_does_not_take_is_transient(odd: Sweep, far: FarEnd) -> None:
    far.says("POST", BATCH, refused(401, "InvalidAuthenticationToken"))
    with pytest.raises(DirectoryUnavailableError):
        await odd.methods.read(["a"])


async def test_batches_that_are_refused_are_told(odd: Sweep, far: FarEnd) -> None:
    far.says("POST", BATCH, refused(403, "Forbidden"))
    found = await odd.methods.read(["a"])
    assert isinstance(found, Unavailable)
    assert found.reason == "permission"


async def test_a_number_that_graph_answers_with_is_in_no_row(odd: Sweep, far: FarEnd) -> None:
    far.says("POST", BATCH, batched(item("1", body={"value": [PHONE]})))
    found = await read(odd, "a")
    (reading,) = found.readings
    assert isinstance(reading, MethodsRead)
    assert isinstance(reading.phones[0], PhoneSeen)
    assert "7400123450" not in repr(found)


def test_a_batch_is_as_large_as_whoever_paces_it_takes_it_to_be() -> None:
    assert PACED == BATCH_SIZE
