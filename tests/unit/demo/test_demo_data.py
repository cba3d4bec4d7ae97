"""The demo's people and requests are believable, and everything that the demo is to show is among them."""

import json
from datetime import UTC, datetime

import phonenumbers

from local.demo.accounting import Account
from local.demo.company import company_of, found_company
from local.demo.feed import FeedRequest
from local.demo.feed_writer import RawMessage
from local.demo.hr_feed import plain_feed, written_feed
from local.demo.producer import outgoing
from shared.phone.reading import ReadNumber, read_number
from tests.fakes.world import World

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SEED = 20261123


def test_the_company_has_hundreds_of_people_in_a_dozen_countries_under_names_of_their_own() -> None:
    users = found_company(SEED).users
    assert len(users) >= 300
    assert len({user["usageLocation"] for user in users}) >= 12
    assert len({user["userPrincipalName"] for user in users}) == len(users)
    assert all(user["userPrincipalName"].isascii() for user in users)


def test_the_same_seed_gives_the_same_company_and_another_seed_another_one() -> None:
    assert found_company(SEED).users == found_company(SEED).users
    assert found_company(SEED).users != found_company(SEED + 1).users


def test_every_stored_number_is_valid_in_its_users_country() -> None:
    for user in found_company(SEED).users:
        for phone in user["phoneMethods"]:
            number = phonenumbers.parse(phone["phoneNumber"])
            assert phonenumbers.is_valid_number_for_region(number, user["usageLocation"])


def test_the_feed_holds_at_least_sixty_requests_in_many_ways_of_writing() -> None:
    company = found_company(SEED)
    feed = written_feed(company, SEED, NOW)
    assert len({row["requestId"] for row in feed.rows}) >= 60
    written = " ".join(row.get("phoneNumber", "") for row in feed.rows)
    for sign in ("+", "00", "(", "-", ".", "\u00a0", "tel:", "ext", "\uff10", "\u202a"):
        assert sign in written
    assert feed.raw
    assert feed.faults


def test_every_ordinary_number_is_one_that_a_person_would_understand() -> None:
    company = found_company(SEED)
    users = {user["employeeId"]: user for user in company.users}
    feed = written_feed(company, SEED, NOW)
    for row in feed.rows[2:38]:
        user = users.get(row.get("employeeId", "")) or next(
            user for user in users.values() if user["userPrincipalName"] == row.get("userPrincipalName")
        )
        assert isinstance(read_number(row["phoneNumber"], user["usageLocation"]), ReadNumber), row["phoneNumber"]


def test_a_tenant_that_somebody_else_wrote_gets_a_plain_feed_about_its_own_people() -> None:
    user = {"userPrincipalName": "x@y.example", "usageLocation": "FI", "phoneMethods": []}
    abroad = {"userPrincipalName": "z@y.example"}
    feed = plain_feed(company_of({"users": [user, abroad]}), SEED, NOW)
    assert [row["userPrincipalName"] for row in feed.rows] == ["x@y.example"]


def feed_request(request_id: str, **fields: object) -> FeedRequest:
    return FeedRequest(1, World().request(request_id, **fields), "anna@contoso.example")


def account(*requests: FeedRequest, raw: tuple[RawMessage, ...] = ()) -> Account:
    return Account.of(outgoing(requests, raw), NOW)


def event(request_id: str, event_id: str) -> dict[str, object]:
    return {"id": event_id, "data": {"requestId": request_id}}


def test_a_repeat_is_one_request_and_other_content_under_its_id_another() -> None:
    one, other = feed_request("R-1"), feed_request("R-1", phoneNumber="+49 151 11112222")
    assert account(one, one, other).expected == {"R-1": 2}


def test_equal_garbage_under_two_message_ids_is_two() -> None:
    raw = (RawMessage("A", b"x"), RawMessage("B", b"x"))
    assert account(raw=raw).expected == {"A": 1, "B": 1}


def test_a_request_whose_id_may_not_be_told_is_counted_under_the_name_that_the_function_gives_it() -> None:
    """The id is the phone number itself, so that the event cannot repeat it."""
    books = account(*(feed_request(f"49171234567{n}", phoneNumber=f"+49 171 234567{n}") for n in range(2)))
    assert (books.total, books.lost) == (2, ["unnamed"])
    for name in ("unnamed-0123456789abcdef", "unnamed-0123456789abcdef", "unnamed-fedcba9876543210"):
        books.book(event(name, f"{name}:rejected"))
    assert (books.done, books.lost, books.invented, books.copies) == (2, [], [], 1)


def test_a_missing_outcome_is_lost_and_one_too_many_is_invented() -> None:
    """The accounts must be able to fail."""
    books = account(feed_request("R-1"), feed_request("R-2"))
    books.book(event("R-1", "R-1:changed"))
    books.book(event("R-1", "R-1:changed"))
    assert (books.done, books.total, books.lost, books.invented, books.copies) == (1, 2, ["R-2"], [], 1)
    books.book(event("R-1", "R-1:failed"))
    books.book(event("R-3", "R-3:changed"))
    assert books.invented == ["R-1", "R-3"]


def test_messages_carry_what_the_contract_asks_of_the_envelope() -> None:
    (message,) = outgoing([feed_request("R-1")], [])
    assert (message.message_id, message.session_id) == ("R-1", "anna@contoso.example")
    assert json.loads(message.body)["requestId"] == "R-1"
