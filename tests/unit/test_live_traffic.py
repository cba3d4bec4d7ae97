"""The sweep knows when this worker carries out somebody's change."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from functions import process_change
from shared.sweep.live_traffic import ChangesUnderWay


def test_it_is_busy_from_the_first_change_to_the_end_of_the_last() -> None:
    live = ChangesUnderWay()
    seen = [live.busy]
    with live.one():
        with live.one():
            seen.append(live.busy)
        seen.append(live.busy)
    seen.append(live.busy)
    assert seen == [False, True, True, False]


def test_a_change_that_fails_is_over() -> None:
    live = ChangesUnderWay()
    with pytest.raises(ZeroDivisionError), live.one():
        raise ZeroDivisionError
    assert not live.busy


async def test_the_function_counts_each_change_while_it_is_carried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    received: list[tuple[str, int]] = []

    class App:
        live = ChangesUnderWay()

        @property
        def changes(self) -> "App":
            return self

        @property
        def receipts(self) -> "App":
            return self

        async def received(self, queue: str, sequence_number: int) -> None:
            received.append((queue, sequence_number))

        async def handle(self, message: object) -> None:
            del message
            seen.append(self.live.busy)

    app = App()
    monkeypatch.setattr(process_change, "application", lambda: app)
    monkeypatch.setattr(process_change, "received", lambda *_: None)
    monkeypatch.setattr(process_change, "delivery", lambda *_: nullcontext())
    monkeypatch.setattr(
        process_change, "configuration", lambda: SimpleNamespace(settings=SimpleNamespace(request_queue="q"))
    )
    function: Any = process_change.process_change
    await function._function.get_user_function()(SimpleNamespace(sequence_number=7), None)  # noqa: SLF001 - as the worker finds it
    assert (seen, app.live.busy) == ([True], False)
    assert received == [("q", 7)], "a receipt for each message"
