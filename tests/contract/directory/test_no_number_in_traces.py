"""The SDK's own spans and all libraries' log records show no number that is sent or answered (P13)."""

import logging
import sys

import pytest
from opentelemetry import trace

from shared.errors import MfaPhoneError
from shared.settings import Settings
from tests.contract.directory.far_end import FarEnd, reaching
from tests.contract.directory.test_no_number_in_faults import NEW, SAID, ways
from tests.scenario.watched import LOGS, leaks, watched_logs

# One of each kind: an error with a code, one that passes, a code that is a number, what is no answer, and none at all.
SAMPLE = ("HTTP 400", "HTTP 503", "code", "200 HTML", "cut off", "no HTTP", "silence")


async def use(far: FarEnd, settings: Settings, said: bytes) -> None:
    async with reaching(far, settings, graph_timeout_seconds=0.5) as odd:
        for method, path, call in ways(odd):
            far.says(method, path, said)
            odd.clock.move(hours=1)
            with pytest.raises(MfaPhoneError):
                await call()


def test_the_sdk_makes_no_spans_of_its_own() -> None:
    """It would record exceptions, and with them what Graph says, in every one of them."""
    tracers = {
        name: vars(module)["tracer"]
        for name, module in sys.modules.items()
        if name.startswith(("kiota_", "msgraph")) and "tracer" in vars(module)
    }
    assert len(tracers) >= 4
    assert {type(tracer) for tracer in tracers.values()} == {trace.NoOpTracer}


@pytest.mark.parametrize("said", [SAID[name] for name in SAMPLE], ids=SAMPLE)
async def test_no_log_record_of_a_call_shows_a_number(far: FarEnd, settings: Settings, said: bytes) -> None:
    """At INFO, which is what the host takes; at DEBUG httpcore prints whatever it cannot read."""
    logs: list[str] = []
    with watched_logs(logs, logging.INFO):
        await use(far, settings, said)
    assert logs
    assert leaks({LOGS: logs}, (NEW,)) == []
