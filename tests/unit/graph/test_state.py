"""The parts that change: late reads, the throttle, faults, numbers, mails."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.graph.contract.document import document
from local.graph.contract.schemas import faults as schema_faults
from local.graph.errors import ThrottledError
from local.graph.faults import Fault, FaultBox, Hit, Match
from local.graph.mailbox import write_message
from local.graph.phones.book import METHOD_IDS, Phone, PhoneBook, PhoneType, SmsSignInState
from local.graph.phones.numbers import stored_form
from local.graph.switches import ThrottleLimit
from local.graph.throttling import Throttle
from local.graph.timeline import Timeline
from local.graph.workloads import resource_units

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FORMAT = document()["components"]["schemas"]["phoneNumberFormat"]


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@settings(deadline=None)
@given(st.lists(st.integers(0, 50)), st.integers(0, 60))
def test_a_late_read_sees_the_last_value_written_by_then(waits: list[int], moment: int) -> None:
    line, model, second = Timeline("first"), {-1: "first"}, 0
    for index, wait in enumerate(waits):
        second += wait
        line.write(f"value {index}", after(second))
        model[second] = f"value {index}"
    assert line.as_of(after(moment)) == model[max(at for at in model if at <= moment)]
    assert line.latest == list(model.values())[-1]


def test_the_fixed_ids_are_microsofts() -> None:
    published = document()["components"]["schemas"]["microsoft.graph.phoneAuthenticationMethod"]["x-fixed-ids"]
    assert {str(phone_type): method_id for phone_type, method_id in METHOD_IDS.items()} == published


@settings(deadline=None)
@given(st.permutations(list(PhoneType)))
def test_a_book_has_one_phone_of_each_type_in_graphs_order(order: list[PhoneType]) -> None:
    book = PhoneBook()
    for phone_type in [*order, *order]:
        book = book.put(Phone(phone_type, "+1 2065550100", SmsSignInState.NOT_SUPPORTED))
    assert [phone.phone_type for phone in book] == list(PhoneType)
    assert [phone.phone_type for phone in book.drop(PhoneType.MOBILE)] == list(PhoneType)[1:]


@settings(deadline=None)
@given(st.from_regex(FORMAT["pattern"], fullmatch=True))
def test_a_number_in_graphs_format_is_kept_in_graphs_format(number: str) -> None:
    kept = stored_form(number)
    assert list(schema_faults(FORMAT, kept)) == []
    assert stored_form(kept) == kept


def admit(throttle: Throttle, seconds: float, limit: int = 2) -> dict[str, str]:
    return throttle.admit(ThrottleLimit(limit, 10), after(seconds), "app", "tenant")


def test_the_throttle_lets_so_many_through_in_each_window() -> None:
    throttle = Throttle()
    assert admit(throttle, 0) == {}
    assert admit(throttle, 1) == {"x-ms-throttle-limit-percentage": "1.00"}
    for second in (2, 5, 9.5):
        with pytest.raises(ThrottledError) as refused:
            admit(throttle, second)
        assert refused.value.headers["Retry-After"] == str(max(1, round(10 - second)))
    assert admit(throttle, 10) == {}


def test_without_a_limit_nothing_is_counted() -> None:
    assert Throttle().admit(None, START, "app", "tenant") == {}


@pytest.mark.parametrize(
    ("template", "method", "more", "units"),
    [
        ("/users", "GET", {}, 2),
        ("/users", "GET", {"select": True, "top": 5}, 1),
        ("/users/{user-id}", "GET", {"expand": True}, 2),
        ("/users/{user-id}/revokeSignInSessions", "POST", {}, 2),
    ],
)
def test_costs_are_counted_as_documented(template: str, method: str, more: dict[str, Any], units: int) -> None:
    parts: dict[str, Any] = {"select": False, "expand": False, "top": None, **more}
    assert resource_units(template, method, **parts) == units


def test_the_oldest_fault_that_matches_goes_first_and_wears_out() -> None:
    box = FaultBox([Fault(Match("PATCH"), status=500), Fault(Match(), times=None, status=503)])
    box.add([Fault(Match(), status=504)])
    patch, get = (Hit(method, "/users", ("users",)) for method in ("PATCH", "GET"))
    taken = [fault.status for hit in (get, patch, patch, get) if (fault := box.take(hit))]
    assert taken == [503, 500, 503, 503]
    assert [fault["status"] for fault in box.as_json()] == [503, 504]


@pytest.mark.parametrize(
    ("path", "hits"),
    [
        ("/users/{x}/authentication/phoneMethods", [True, False]),
        ("/v1.0/users/{x}/authentication/phoneMethods/{y}", [False, True]),
        ("/users/{x}/authentication/", [True, True]),
        ("users/*", [True, True]),
        ("/USERS/Anna/authentication", [True, True]),
        ("/users/ben/authentication", [False, False]),
        ("/reports", [False, False]),
    ],
)
def test_paths_of_faults(path: str, hits: list[bool]) -> None:
    phones = "/users/{user-id}/authentication/phoneMethods"
    requests = [
        Hit("GET", phones, ("users", "anna", "authentication", "phoneMethods")),
        Hit("GET", f"{phones}/{{id}}", ("users", "anna", "authentication", "phoneMethods", "1")),
    ]
    assert [FaultBox([Fault(Match(path=path), status=500)]).take(hit) is not None for hit in requests] == hits


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=40), st.sampled_from(["html", "text"]))
def test_any_text_can_be_mailed(content: str, name: str, kind: str) -> None:
    message = {
        "subject": " ".join(name.split()),
        "body": {"contentType": kind, "content": content},
        "toRecipients": [{"emailAddress": {"address": "a@example.org"}}],
    }
    mail = message_from_bytes(write_message("s@example.org", message, START).as_bytes(), policy=SMTP)
    assert mail["To"] == "a@example.org"
    assert mail.get_content_subtype() == ("html" if kind == "html" else "plain")
