"""Azure's own Python worker, `azure-functions-runtime` as Azure runs it for 3.13, indexes and invokes the app."""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import ExitStack, asynccontextmanager, chdir
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any, Final

import azure_functions_runtime as runtime

from local.host import protos
from local.serving import CannotStartError

_log = logging.getLogger(__name__)

# What has been cancelled and does not end within this will not end by itself.
_PATIENCE_SECONDS: Final = 2.0


class Worker:
    """The worker with its own event loop in a thread.

    In Azure it is a process of its own. An app that blocks its loop must not keep the host from renewing locks, so here
    it has at least a loop of its own. The runtime keeps the app in module globals: one app per process.
    """

    _app_dir: Path | None = None

    def __init__(self, app_dir: Path) -> None:
        if Worker._app_dir is not None:
            message = f"This process runs the app in {Worker._app_dir}, and the worker takes one app per process."
            raise RuntimeError(message)
        Worker._app_dir = app_dir.resolve()
        self.ended = False
        """Whether nothing of it runs any more: neither its loop nor a function in a thread."""
        self._surroundings = ExitStack()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="functions-worker", daemon=True)

    async def start(self) -> Sequence[protos.RpcFunctionMetadata]:
        """Indexes the app and loads its functions. Raises CannotStartError with the worker's own message."""
        self._surround()
        self._thread.start()
        runtime.start_threadpool_executor()
        request = protos.WorkerInitRequest(str(Worker._app_dir))
        self._expect_success(await self._run(runtime.worker_init_request(_envelope(worker_init_request=request))))
        found = await self._run(runtime.functions_metadata_request(_envelope(functions_metadata_request=None)))
        functions: Sequence[protos.RpcFunctionMetadata] = found.function_metadata_results or ()
        if not functions:
            script = os.environ.get("PYTHON_SCRIPT_FILE_NAME", "function_app.py")
            message = f"There are no functions in {Worker._app_dir}: {script} is missing or registers none."
            raise CannotStartError(message)
        for function in functions:
            load = protos.FunctionLoadRequest(function.function_id)
            self._expect_success(await self._run(runtime.function_load_request(_envelope(function_load_request=load))))
        return functions

    async def invoke(self, request: protos.InvocationRequest) -> protos.InvocationResponse:
        """Calls a function. Cancelling this cancels the function at its next `await`; a sync one runs on."""
        return await self._run(runtime.invocation_request(_envelope(invocation_request=request)))

    def stop(self) -> None:
        """Stops the worker, and blocks while it does; then `ended` says whether that went well.

        A function that never yields cannot be ended by anybody: then only the end of the process helps, as in Azure,
        where the host kills the worker's process.
        """
        pool = Thread(target=runtime.stop_threadpool_executor, name="functions-worker-stop", daemon=True)
        pool.start()
        pool.join(_PATIENCE_SECONDS)
        asyncio.run_coroutine_threadsafe(self._end_tasks(), self._loop)
        self._thread.join(_PATIENCE_SECONDS)
        self.ended = not (pool.is_alive() or self._thread.is_alive())
        if self.ended:
            self._loop.close()
        self._surroundings.close()

    async def _end_tasks(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loop.stop()

    def _surround(self) -> None:
        """Makes the app's directory the working directory and importable, as Azure's image does."""
        path = str(Worker._app_dir)
        self._surroundings.enter_context(chdir(path))
        sys.path.insert(0, path)
        self._surroundings.callback(sys.path.remove, path)

    async def _run[T](self, request: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(request, self._loop))

    def _expect_success(self, response: protos.WorkerInitResponse | protos.FunctionLoadResponse) -> None:
        if response.result.status == protos.StatusResult.Success:
            return
        _log.debug("The worker refused the app:\n%s", response.result.exception.stack_trace)
        message = f"The app in {Worker._app_dir} cannot be indexed: {response.result.exception.message}"
        raise CannotStartError(message)


@asynccontextmanager
async def running_worker(app_dir: Path) -> AsyncIterator[tuple[Worker, Sequence[protos.RpcFunctionMetadata]]]:
    """Runs the worker until the block ends, and gives what it found in the app. Raises CannotStartError."""
    worker = Worker(app_dir)
    try:
        yield worker, await worker.start()
    finally:
        await asyncio.to_thread(worker.stop)


def _envelope(**request: object) -> SimpleNamespace:
    """Wraps a request as the gRPC proxy in Azure hands it to the runtime."""
    return SimpleNamespace(request=SimpleNamespace(**request), properties={"host": "127.0.0.1", "protos": protos})
