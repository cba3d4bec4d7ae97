import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest

from local.host.bindings import Function, TimerTrigger
from local.host.invocation import Invocation, Invoker
from local.host.protos import InvocationRequest, InvocationResponse, RpcException, StatusResult, TypedData
from local.host.trace_context import TraceContext

if TYPE_CHECKING:
    from local.host.outputs import OutputSender
    from local.host.worker import Worker

INVOCATION = Invocation(
    Function("f", "function-id", TimerTrigger("timer", "00:00:05")),
    TypedData(string="the body"),
    {"SessionId": TypedData(string="s")},
    TraceContext("parent", "state"),
    ", MessageId='m-1', DeliveryCount=1",
    "invocation-id",
)
SUCCESS = InvocationResponse("invocation-id", StatusResult(StatusResult.Success))


class FakeWorker:
    """Answers with a response, after what is given to do."""

    def __init__(self, response: InvocationResponse, do: Callable[[], Awaitable[None]] | None = None) -> None:
        self.requests: list[InvocationRequest] = []
        self._response = response
        self._do = do

    async def invoke(self, request: InvocationRequest) -> InvocationResponse:
        self.requests.append(request)
        if self._do:
            await self._do()
        return self._response


class FakeOutputs:
    """Sends nothing, and says what it is told to say."""

    def __init__(self, fault: str | None = None) -> None:
        self._fault = fault

    async def send(self, *_: object) -> str | None:
        return self._fault


async def invoke(worker: FakeWorker, outputs: FakeOutputs | None = None, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - the host's setting
    limit = None if timeout is None else timedelta(seconds=timeout)
    return await Invoker(cast("Worker", worker), cast("OutputSender", outputs or FakeOutputs()), limit).invoke(
        INVOCATION
    )


def failed(message: str, stack_trace: str) -> FakeWorker:
    result = StatusResult(StatusResult.Failure, RpcException(message, stack_trace))
    return FakeWorker(InvocationResponse("invocation-id", result))


async def test_the_worker_is_asked_with_everything_that_the_trigger_gave() -> None:
    worker = FakeWorker(SUCCESS)
    assert await invoke(worker)
    (request,) = worker.requests
    assert (request.invocation_id, request.function_id) == ("invocation-id", "function-id")
    assert [(binding.name, binding.data) for binding in request.input_data] == [("timer", TypedData(string="the body"))]
    assert request.trigger_metadata == {"SessionId": TypedData(string="s")}
    assert (request.trace_context.trace_parent, request.trace_context.trace_state) == ("parent", "state")
    assert (request.retry_context.retry_count, request.retry_context.max_retry_count) == (0, 0)


async def test_each_invocation_is_one_line_in_the_log_without_the_body(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await invoke(FakeWorker(SUCCESS))
    assert caplog.messages[0].startswith("Executed 'f' (Succeeded, Id=invocation-id, Duration=")
    assert caplog.messages[0].endswith("ms, MessageId='m-1', DeliveryCount=1)")
    assert "the body" not in caplog.text


async def test_a_failure_is_named_by_exception_and_place_never_by_its_message(caplog: pytest.LogCaptureFixture) -> None:
    trace = 'Traceback\n  File "/app/function_app.py", line 3, in f\n  File "/app/shared/plan.py", line 12, in make\n'
    assert not await invoke(failed("ValueError: bad number +1 555 0100", trace))
    assert caplog.messages[0].endswith("): ValueError at plan.py:12")
    assert "555" not in caplog.text


async def test_what_the_worker_itself_raises_is_said_in_its_words(caplog: pytest.LogCaptureFixture) -> None:
    trace = '  File "/lib/azure_functions_runtime/handle_event.py", line 257, in invocation_request\n'
    assert not await invoke(failed("RuntimeError: function 'f' without a $return binding", trace))
    assert caplog.messages[0].endswith("RuntimeError: function 'f' without a $return binding")


async def test_a_function_over_its_time_limit_has_failed_and_is_cancelled(caplog: pytest.LogCaptureFixture) -> None:
    cancelled = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    assert not await invoke(FakeWorker(SUCCESS, wait), timeout=0.01)
    assert cancelled.is_set()
    assert "Timeout value of 00:00:00 was exceeded" in caplog.text


async def test_an_output_that_cannot_be_sent_fails_the_invocation(caplog: pytest.LogCaptureFixture) -> None:
    assert not await invoke(FakeWorker(SUCCESS), FakeOutputs("the output out could not be sent"))
    assert "the output out could not be sent" in caplog.text
