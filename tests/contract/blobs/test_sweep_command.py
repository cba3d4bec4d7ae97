"""The sweep's command, run as a person runs it, against real tables, real blobs and a real queue."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest_asyncio
from azure.servicebus.aio import ServiceBusClient

from local.azurite import running_azurite
from local.servicebus.config import DEFAULT_CONFIG
from local.servicebus.server import running_broker
from shared.blobs.report_store import BlobReportStore
from shared.blobs.store import BlobStore
from shared.compliance.summary import PastRun
from shared.sweep.words import GATHERING, Chain, StepMessage
from shared.tables.store import TableStore
from shared.tables.sweep_runs import TableRunLog
from tests.contract.blobs.conftest import settings as connected
from tests.contract.tables.command_line import run_command
from tests.fakes.world import POLICY

command = partial(run_command, "shared.sweep")


@pytest_asyncio.fixture
async def settings(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """A storage and a bus that no other test has."""
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(POLICY), encoding="utf-8")
    async with running_azurite(tmp_path / "logs") as storage, running_broker(DEFAULT_CONFIG) as broker:
        yield {
            "StateStorage": storage,
            "ServiceBusConnection": broker.connection_string,
            "POLICY_PATH": str(file),
        }


@pytest_asyncio.fixture
async def runs(settings: dict[str, str]) -> AsyncIterator[TableRunLog]:
    store = TableStore(connected(settings["StateStorage"]))
    yield TableRunLog(store)
    await store.close()


async def steps(connection: str, run_id: str) -> list[StepMessage]:
    found: list[StepMessage] = []
    async with ServiceBusClient.from_connection_string(connection) as client:
        for chain in GATHERING:
            async with client.get_queue_receiver("sweep-pages", session_id=f"{run_id}:{chain}") as receiver:
                messages = await receiver.receive_messages(max_message_count=1, max_wait_time=5)
                found += [StepMessage.model_validate_json(b"".join(message.body)) for message in messages]
    return found


async def test_a_person_starts_a_run_once_and_sees_how_far_it_is(settings: dict[str, str], runs: TableRunLog) -> None:
    assert await command(settings, "status") == (0, "There was no sweep yet.\n")
    status, text = await command(settings, "start")
    run = await runs.current()
    assert run is not None
    assert (status, text) == (0, f"Sweep {run.run_id} is started; `status` shows how far it is.\n")
    sent = await steps(settings["ServiceBusConnection"], run.run_id)
    assert sent == [StepMessage(run_id=run.run_id, chain=chain, step=0) for chain in GATHERING]
    status, text = await command(settings, "start")
    assert (status, text.startswith(f"No run is started: sweep {run.run_id} began ")) == (1, True)

    people = await runs.chain(run.run_id, Chain.PEOPLE)
    assert people is not None
    remark = "Without employeeLeaveDateTime."
    await runs.advance(replace(people, step=7, counts=(("pages", 7), ("rows", 6_993)), remarks=(remark,)))
    status, text = await command(settings, "status")
    assert status == 0
    for part in (f"Sweep {run.run_id}, policy ", "is under way.", "7 pages, 6,993 rows", f"! {remark}"):
        assert part in text
    await runs.end(
        run,
        PastRun(
            run_id=run.run_id,
            at=run.started_at,
            complete=True,
            enabled=6_993,
            phone_only=412,
            no_method=3,
            violations=1_024,
        ),
    )
    status, text = await command(settings, "status")
    assert "has ended." in text
    assert text.splitlines()[-1].split() == [run.run_id, "yes", "6,993", "412", "3", "1,024"]


async def test_a_person_fetches_the_newest_report_or_that_of_a_run(settings: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    assert await command(settings, "download", "--to", str(folder)) == (1, "There is no report yet.\n")
    store = BlobStore(connected(settings["StateStorage"]))
    reports = BlobReportStore(store, "sweep-reports")

    async def parts(text: str) -> AsyncIterator[bytes]:
        yield text.encode()

    for run in ("20261126T0100Z", "20261127T0100Z"):
        for name in ("report.html", "findings.csv"):
            await reports.write(run, name, "text/plain", parts(f"{run} {name}"))
    await store.close()
    status, text = await command(settings, "download", "--to", str(folder))
    newest = folder / "20261127T0100Z"
    assert (status, text.split()) == (0, [str(newest / "findings.csv"), str(newest / "report.html")])
    assert (newest / "report.html").read_text(encoding="utf-8") == "20261127T0100Z report.html"
    assert (await command(settings, "download", "--run", "20261126T0100Z", "--to", str(folder)))[0] == 0
    assert sorted(file.name for file in (folder / "20261126T0100Z").iterdir()) == ["findings.csv", "report.html"]
    status, text = await command(settings, "download", "--run", "20261128T0100Z", "--to", str(folder))
    assert (status, text) == (1, "There is no report of run 20261128T0100Z.\n")
    status, text = await command(settings, "download", "--run", "yesterday", "--to", str(folder))
    assert (status, "name the run as `status` does" in text) == (2, True)
    status, text = await command(settings, "download", "--to", str(newest / "report.html"))
    assert (status, "The report cannot be written to" in text) == (2, True)


async def test_without_settings_the_command_says_what_is_missing_and_asks_for_no_secret_of_the_app() -> None:
    status, text = await command({"ServiceBusConnection": "", "StateStorage": ""}, "status")
    assert status == 2
    assert "StateStorage__blobServiceUri" in text
    assert not any(name in text for name in ("NUMBER_HMAC_KEY", "UNDO_KEY_FILE", "MAIL_SENDER"))


async def test_a_storage_that_is_down_is_said_in_one_line(settings: dict[str, str]) -> None:
    endpoints = "TableEndpoint=http://127.0.0.1:1/a;BlobEndpoint=http://127.0.0.1:1/a"
    status, text = await command({**settings, "StateStorage": f"AccountName=a;AccountKey=a2V5;{endpoints}"}, "status")
    assert (status, len(text.splitlines())) == (2, 1)
    assert text.startswith("The state storage does not answer")
