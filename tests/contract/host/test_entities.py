"""A trigger that does not fit its entity keeps the host from starting, with a sentence that says what to change."""

import asyncio
from pathlib import Path

import pytest

from tests.contract.host.bus import Bus
from tests.contract.host.test_start import app_with, start

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("host-limits")]

APP = """
import azure.functions as func
app = func.FunctionApp()

@app.service_bus_queue_trigger("msg", connection="Bus", queue_name="{queue}", is_sessions_enabled={sessions})
async def f(msg: func.ServiceBusMessage) -> None: ...
"""


@pytest.mark.parametrize(
    ("queue", "sessions", "sentence"),
    [
        ("nowhere", False, "Function f cannot listen: there is no nowhere in Service Bus at 127.0.0.1:"),
        ("nowhere", True, "Function f cannot listen: there is no nowhere in Service Bus at 127.0.0.1:"),
        ("ordered", False, "ordered requires sessions; set is_sessions_enabled=True on its trigger"),
        ("plain", True, "its trigger wants sessions, but plain has none"),
    ],
)
async def test_the_sentence_says_what_does_not_fit(
    bus: Bus, tmp_path: Path, queue: str, sentence: str, *, sessions: bool
) -> None:
    app = await asyncio.to_thread(app_with, tmp_path, APP.format(queue=queue, sessions=sessions))
    result = await asyncio.to_thread(start, app, Bus=bus.connection_string)
    assert result.returncode == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
