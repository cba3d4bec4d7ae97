"""Azure Monitor is asked as its documents say, and whatever it does not say is not taken for zero."""

from collections.abc import AsyncIterator

import pytest
from azure.identity.aio import ManagedIdentityCredential
from starlette.responses import JSONResponse, RedirectResponse, Response

from local.identity.server import running_identity
from shared.errors import MonitorUnavailableError
from shared.monitor.completion_count import MonitorCompletionCount
from shared.reconciliation.matching import Completed
from tests.contract.monitor.stand_in import NAMESPACE, StandIn, at, metrics, refusal, running_stand_in
from tests.fakes.clock import MovedClock

CLIENT_ID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
async def monitor(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StandIn]:
    async with running_identity() as identity, running_stand_in(identity.key) as running:
        for name, value in identity.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
async def count(monitor: StandIn) -> AsyncIterator[MonitorCompletionCount]:
    count = MonitorCompletionCount(
        monitor.endpoint, NAMESPACE, ManagedIdentityCredential(client_id=CLIENT_ID), MovedClock()
    )
    yield count
    await count.close()


@pytest.mark.parametrize("dimension", ["EntityName", "entityname"])
async def test_completions_are_given_by_the_minute_and_minutes_without_any_are_left_out(
    monitor: StandIn, count: MonitorCompletionCount, dimension: str
) -> None:
    monitor.dimension = dimension
    monitor.completed = {("phone-changes", at(1)): 3, ("phone-changes", at(4)): 1, ("phone-approvals", at(2)): 7}
    assert await count.completed("phone-changes", at(0), at(15)) == (Completed(at(1), 3), Completed(at(4), 1))
    (asked,) = monitor.asked
    assert asked == {
        "api-version": "2023-10-01",
        "metricnames": "CompleteMessage",
        "timespan": "2026-11-23T09:00:00Z/2026-11-23T09:15:00Z",
        "interval": "PT1M",
        "aggregation": "Total",
        "$filter": "EntityName eq 'phone-changes'",
    }


async def test_minutes_outside_the_question_are_not_taken(monitor: StandIn, count: MonitorCompletionCount) -> None:
    """Whether the end of a time span belongs to it is not documented."""
    data = [{"timeStamp": f"2026-11-23T09:{minute:02}:00Z", "total": 1.0} for minute in range(10)]
    monitor.answers = [JSONResponse(metrics([{"metadatavalues": [], "data": data}]))]
    assert [found.minute for found in await count.completed("q", at(2), at(5))] == [at(2), at(3), at(4)]


async def test_a_quiet_queue_has_no_completions(monitor: StandIn, count: MonitorCompletionCount) -> None:
    assert await count.completed("phone-changes", at(0), at(15)) == ()
    monitor.answers = [JSONResponse(metrics([{"data": [{"timeStamp": "2026-11-23T09:01:00Z"}]}]))]
    assert await count.completed("phone-changes", at(0), at(15)) == ()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (refusal(403, "AuthorizationFailed"), "HTTP 403 AuthorizationFailed"),
        (refusal(429, "TooManyRequests"), "HTTP 429 TooManyRequests"),
        (refusal(404, "ResourceNotFound"), "HTTP 404 ResourceNotFound"),
        (Response("<html>", 502), "HTTP 502."),
        (RedirectResponse("https://elsewhere.example/"), "HTTP 307"),
        (JSONResponse(metrics([], errorCode="InvalidSamplingType")), "cannot count: InvalidSamplingType"),
        (JSONResponse({"timespan": "", "value": []}), "not known"),
        (JSONResponse({"timespan": ""}), "not known"),
        (JSONResponse(metrics([{"data": [{"timeStamp": "soon", "total": 1}]}])), "not known"),
        (JSONResponse(metrics([{"data": [{"timeStamp": "2026-11-23T09:01:00Z", "total": -1}]}])), "not known"),
        (Response("", 200), "not known"),
    ],
)
async def test_an_answer_that_is_no_count_is_no_zero(
    monitor: StandIn, count: MonitorCompletionCount, answer: Response, told: str
) -> None:
    monitor.answers = [answer]
    with pytest.raises(MonitorUnavailableError, match=told) as raised:
        await count.completed("phone-changes", at(0), at(15))
    assert "secret" not in str(raised.value)


async def test_how_long_to_wait_is_told(monitor: StandIn, count: MonitorCompletionCount) -> None:
    monitor.answers = [refusal(429, "TooManyRequests", **{"Retry-After": "17"})]
    with pytest.raises(MonitorUnavailableError) as raised:
        await count.completed("phone-changes", at(0), at(15))
    assert raised.value.retry_after == 17


async def test_neither_a_monitor_nor_an_identity_that_is_down_is_a_zero(
    monitor: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = MonitorCompletionCount(
        "http://127.0.0.1:1", NAMESPACE, ManagedIdentityCredential(client_id=CLIENT_ID), MovedClock()
    )
    with pytest.raises(MonitorUnavailableError, match="ConnectError"):
        await nowhere.completed("phone-changes", at(0), at(15))
    await nowhere.close()
    monkeypatch.setenv("IDENTITY_HEADER", "another")
    stranger = MonitorCompletionCount(
        monitor.endpoint, NAMESPACE, ManagedIdentityCredential(client_id=CLIENT_ID), MovedClock()
    )
    with pytest.raises(MonitorUnavailableError, match="does not answer"):
        await stranger.completed("phone-changes", at(0), at(15))
    await stranger.close()
    assert monitor.asked == []
