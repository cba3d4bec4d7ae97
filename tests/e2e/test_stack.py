"""The whole stack, driven through Service Bus: what producers, users and operators get."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.servicebus import ServiceBusReceiveMode

from tests.e2e.conftest import Company, tenant_phone

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_a_request_becomes_a_changed_number_an_event_and_mails(company: Company) -> None:
    await company.send(company.request("E-1", "anna", phoneNumber="0171 / 1234 567", reason="call 0171 1234567"))
    data = await company.outcome("E-1")
    assert (data["outcome"], data["code"]) == ("changed", "replaced")
    assert (data["maskedNumber"], data["previousMaskedNumber"]) == ("+49 ********67", "+49 *********00")
    assert data["user"]["userPrincipalName"] == "anna@contoso.example"
    assert await company.phones("anna") == {"mobile": "+49 1711234567"}
    mails = await company.until(lambda: len(found := company.mails("E-1")) == 2 and found)
    assert any("anna@contoso.example" in mail for mail in mails or [])
    assert any("boss@contoso.example" in mail for mail in mails or [])


async def test_the_ledger_keeps_the_outcome_and_the_outbox_is_empty(company: Company) -> None:
    await company.send(company.request("E-2", "ben", operation="remove", phoneType="mobile"))
    assert (await company.outcome("E-2"))["outcome"] == "changed"

    async def rows() -> tuple[dict[str, Any], list[str]]:
        found = await company.rows("ledger")
        (row,) = [row for row in found if row["RowKey"] == "request:E-2"]
        return row, [row["RowKey"] for row in found if row["RowKey"].startswith("outbox:E-2")]

    for _ in range(50):
        row, unsent = await rows()
        if not unsent:
            break
        await asyncio.sleep(0.1)
    assert unsent == []
    assert (row["outcome"], row["code"], row["attempts"], row["finished"]) == ("changed", "removed", 1, True)


async def test_a_protected_administrator_is_not_touched(company: Company) -> None:
    await company.send(company.request("E-3", "admin", phoneNumber="+49 171 1234567"))
    assert (await company.outcome("E-3"))["code"] == "privileged_user"
    assert await company.phones("admin") == {}


async def test_a_repeat_is_harmless_and_other_content_under_the_same_id_is_refused(company: Company) -> None:
    request = company.request("E-4", "clara", phoneNumber="+49 171 7654321")
    for _ in range(3):
        await company.send(request)
    await company.send({**request, "phoneNumber": "+49 171 7777777"})
    assert (await company.outcome("E-4", 1))["outcome"] == "changed"
    assert (await company.outcome("E-4", 2))["code"] == "request_id_reused"
    assert await company.phones("clara") == {"mobile": "+49 1717654321"}
    assert await company.calls("PATCH", "clara") == 1


async def test_requests_of_one_user_are_carried_out_in_their_order(company: Company) -> None:
    for number in range(1, 6):
        await company.send(company.request(f"E-5-{number}", "dora", phoneNumber=f"+49 171 555000{number}"))
    for number in range(1, 6):
        assert (await company.outcome(f"E-5-{number}"))["outcome"] == "changed"
    assert await company.phones("dora") == {"mobile": "+49 1715550005"}


async def test_an_older_request_that_is_held_up_does_not_overwrite_a_newer_one(company: Company) -> None:
    match = {"method": "GET", "path": "/users/{id}/authentication/phoneMethods", "user": "emil@contoso.example"}
    await company.fault(match=match, times=3, status=500)
    await company.send(company.request("E-6-1", "emil", phoneNumber="+49 171 6660001"))
    await company.send(company.request("E-6-2", "emil", phoneNumber="+49 171 6660002"))
    assert (await company.outcome("E-6-2"))["outcome"] == "changed"
    assert (await company.outcome("E-6-1"))["outcome"] == "superseded"
    assert await company.phones("emil") == {"mobile": "+49 1716660002"}


async def test_throttling_slows_and_does_not_fail(company: Company) -> None:
    await company.fault(match={"user": "fritz@contoso.example"}, times=1, status=429, retryAfter="2")
    await company.send(company.request("E-7", "fritz", phoneNumber="+49 171 1234000"))
    assert (await company.outcome("E-7"))["outcome"] == "changed"
    (row,) = [row for row in await company.rows("ledger") if row["RowKey"] == "request:E-7"]
    assert row["attempts"] >= 2


async def test_a_lost_answer_to_a_write_is_read_back_and_not_written_again(company: Company) -> None:
    match = {"method": "PATCH", "user": "gina@contoso.example"}
    await company.fault(match=match, times=1, drop=True, effect="applied")
    await company.send(company.request("E-8", "gina", phoneNumber="+49 171 1234001"))
    assert (await company.outcome("E-8"))["outcome"] == "changed"
    assert await company.calls("PATCH", "gina") == 1


async def test_a_message_that_nobody_can_read_is_parked_with_its_body_intact(company: Company) -> None:
    body = b"\xff\xfenot a request"
    await company.send_raw(body, "E-9", "nobody")
    assert (await company.outcome("E-9"))["code"] == "invalid_encoding"
    async with company.bus.get_queue_receiver("phone-changes-parked") as receiver:
        parked = [message for message in await receiver.peek_messages(100) if b"".join(message.body) == body]
    assert len(parked) == 1
    properties = parked[0].application_properties or {}
    assert properties[b"parkedCode"] == b"invalid_encoding"


async def test_a_dead_letter_gets_an_outcome_and_is_parked(company: Company) -> None:
    """A person, or the broker, gives up on a message: its producer still hears of it."""
    session = "hugo@contoso.example"
    async with company.bus.get_queue_receiver("phone-changes", session_id=session, max_wait_time=30) as receiver:
        await company.send(company.request("E-10", "hugo", phoneNumber="+49 171 1234002"))
        (message,) = await receiver.receive_messages(max_message_count=1, max_wait_time=30)
        await receiver.dead_letter_message(message, reason="MaxDeliveryCountExceeded")
    data = await company.outcome("E-10")
    assert (data["outcome"], data["code"]) == ("failed", "deliveries_exhausted")
    assert await company.calls("PATCH", "hugo") == 0


async def test_an_effective_date_is_an_ordinary_scheduled_message(company: Company) -> None:
    due = datetime.now(UTC) + timedelta(seconds=3)
    await company.send(company.request("E-11", "ida", phoneNumber="+49 171 1234003"), scheduled_enqueue_time_utc=due)
    data = await company.outcome("E-11")
    assert data["outcome"] == "changed"
    assert datetime.fromisoformat(data["acceptedAt"]) >= due - timedelta(seconds=1)


async def test_the_producers_trace_goes_with_the_event(company: Company) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await company.send(
        company.request("E-12", "jan", phoneNumber="+49 171 1234004"), application_properties={"traceparent": trace}
    )
    await company.outcome("E-12")
    (event,) = [event for event in company.told if event["data"]["requestId"] == "E-12"]
    assert event["traceparent"] == trace


async def test_a_dry_run_touches_nothing(company: Company) -> None:
    before = await company.phones("klara")
    await company.send(company.request("E-13", "klara", phoneNumber="+49 171 1234005", dryRun=True))
    assert (await company.outcome("E-13"))["outcome"] == "planned"
    assert await company.phones("klara") == before


async def test_a_number_that_somebody_has_is_held_until_a_second_person_approves_and_can_be_undone(
    company: Company,
) -> None:
    await company.send(company.request("E-14", "mia", phoneNumber="+49 171 1234006"))
    assert (await company.outcome("E-14"))["outcome"] == "changed"
    await company.send(company.request("E-15", "nora", phoneNumber="+49 171 1234006"))
    held = await company.outcome("E-15")
    assert (held["code"], held["holdId"]) == ("number_shared", "E-15:held")
    assert (await company.approve("A-1", "E-15", decidedBy="workday"))["code"] == "approver_is_requester"
    assert await company.calls("PATCH", "nora") == 0
    assert (await company.approve("A-2", "E-15"))["code"] == "approved"
    changed = await company.outcome("E-15", 2)
    assert (changed["outcome"], changed["decision"]["decidedBy"]) == ("changed", "boss@contoso.example")
    assert await company.phones("nora") == {"mobile": "+49 1711234006"}
    before = tenant_phone("nora")
    await company.send(company.request("E-16", "nora", operation="undo", undoes="E-15"))
    undone = await company.outcome("E-16")
    assert (undone["outcome"], undone["undoes"]) == ("changed", "E-15")
    assert await company.phones("nora") == {"mobile": before}
    mails = await company.until(lambda: [mail for mail in company.mails("E-15") if "E-15:held" in mail])
    assert "boss@contoso.example" in mails[0]


async def test_a_subscriber_may_take_events_by_their_outcome(company: Company) -> None:
    """The notification subscription holds what its rules name: dry runs are not among it."""
    async with company.bus.get_subscription_receiver(
        "phone-events", "notifications", receive_mode=ServiceBusReceiveMode.PEEK_LOCK
    ) as receiver:
        waiting = [json.loads(b"".join(message.body)) for message in await receiver.peek_messages(100)]
    assert [event for event in waiting if event["data"].get("outcome") == "planned"] == []
    assert [event for event in waiting if event["type"].startswith("mfaphone.approval.")] == []


async def test_no_clear_number_is_in_any_log_event_table_row_or_mail(company: Company) -> None:
    """Last in this file: everything above has left its traces."""
    numbers = [f"171{tail}" for tail in ("1234567", "7654321", "7777777", "5550001", "5550005", "6660001", "6660002")]
    numbers += [f"171123400{number}" for number in range(7)] + [f"1512345{number}" for number in range(6000, 6014)]
    sinks = {path.name: path.read_text(errors="replace") for path in company.stack.logs.iterdir()}
    sinks |= {path.name: path.read_text(errors="replace") for path in company.stack.mail.glob("*.eml")}
    sinks["events"] = json.dumps(company.told)
    for table in ("ledger", "watermarks", "notifications", "changehistory", "numberindex", "previousnumbers"):
        sinks[table] = json.dumps(await company.rows(table), default=str)
    assert len(sinks) > 10
    assert [(name, number) for name, text in sinks.items() for number in numbers if number in _squeezed(text)] == []


def _squeezed(text: str) -> str:
    """Removes what may stand between a number's digits."""
    return text.translate(dict.fromkeys(map(ord, " -/().\u00a0=\n")))
