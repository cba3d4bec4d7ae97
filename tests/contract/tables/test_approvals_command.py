"""The second person's command, run as a person runs it, against a real ledger and a real queue."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from azure.servicebus.aio import ServiceBusClient

from local.servicebus.config import DEFAULT_CONFIG
from local.servicebus.server import running_broker
from shared.codes import Code
from shared.messages.approval import Approval
from shared.messages.change_request import Operation
from shared.messages.completion_event import RequestFacts
from shared.messages.held_event import held_event
from shared.outcome import KnownUser
from shared.phone.phone_type import PhoneType
from shared.policy.answers import Answer
from shared.policy.finding import Finding
from shared.record import NewRecord
from shared.request_hold import RequestHold
from shared.tables.held import TableHeldRequests
from shared.tables.ledger import TableLedger
from shared.tables.store import TableStore
from tests.contract.tables.command_line import run_command
from tests.fakes.world import POLICY

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
NOW = datetime.now(UTC)
FACTS = RequestFacts("HR-77", Operation.SET, PhoneType.MOBILE, "workday", "INC-1", NOW)
HOLD = RequestHold(
    (Finding(Code.NUMBER_SHARED, "Others who have it: 1.", Answer.HOLD),),
    NOW,
    NOW + timedelta(days=3),
    KnownUser("0000", "anna@contoso.example"),
    "+49 *********89",
    phone_type=PhoneType.MOBILE,
)


command = partial(run_command, "shared.approvals")


@pytest.fixture
def settings(azurite: str, tmp_path: Path) -> dict[str, str]:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(POLICY), encoding="utf-8")
    return {"StateStorage": azurite, "POLICY_PATH": str(file)}


async def test_a_person_sees_what_is_held_and_approves_it(store: TableStore, settings: dict[str, str]) -> None:
    ledger, held = TableLedger(store), TableHeldRequests(store)
    record = await ledger.claim(NewRecord("HR-77", "f", 1, FACTS))
    await ledger.hold(record, HOLD, held_event(FACTS, HOLD, source="/x", policy_version="1"))
    assert "HR-77" in [waiting.key for waiting in await held.waiting()]
    async with running_broker(DEFAULT_CONFIG) as broker:
        bus = settings | {"ServiceBusConnection": broker.connection_string}
        status, text = await command(bus, "list")
        assert status == 0
        for part in ("HR-77:held", "anna@contoso.example", "set, mobile: none -> +49 *********89", "workday: INC-1"):
            assert part in text
        who = ("--by", "boss@contoso.example", "--reason", "Called back")
        assert await command(bus, "approve", "HR-77:held", "--by", "Workday", "--reason", "x") == (
            1,
            "approver_is_requester: Nobody approves what they asked for themselves.\n",
        )
        assert (await command(bus, "approve", "HR-78:held", *who))[0] == 1
        assert (await command(bus, "approve", "HR-77", *who))[0] == 2
        status, text = await command(bus, "approve", "HR-77:held", *who)
        assert (status, text.startswith("approved: sent.")) == (0, True)
        (approval,) = await sent(broker.connection_string)
        assert (approval.hold_id, approval.decided_by) == ("HR-77:held", "boss@contoso.example")


async def test_without_settings_the_command_says_what_is_missing_and_asks_for_no_secret_of_the_app() -> None:
    status, text = await command({"ServiceBusConnection": "", "StateStorage": ""}, "list")
    assert status == 2
    assert "ServiceBusConnection__fullyQualifiedNamespace" in text
    assert not any(name in text for name in ("NUMBER_HMAC_KEY", "UNDO_KEY_FILE", "MAIL_SENDER"))


async def sent(connection: str) -> list[Approval]:
    async with (
        ServiceBusClient.from_connection_string(connection) as client,
        client.get_queue_receiver("phone-approvals") as receiver,
    ):
        messages = await receiver.receive_messages(max_message_count=10, max_wait_time=3)
        return [Approval.model_validate(_json(message)) for message in messages]


def _json(message: Any) -> Any:
    return json.loads(b"".join(message.body))
