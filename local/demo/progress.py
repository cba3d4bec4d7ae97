"""Shows how far the demo is: bars on a terminal, a few plain lines where the output goes elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_STARTING = "Starting identity, Graph, Service Bus, storage and the Functions host ..."
# A log gets so many lines about the outcomes.
_STEPS = 4
# And so many about what happens on the way: the table at the end has the rest.
_MOST_TOLD = 40


class Watched(Protocol):
    """How far the demo is."""

    def sent(self) -> None:
        """Counts one more request that was sent."""

    def done(self, outcomes: int) -> None:
        """Says how many outcomes there are."""

    def told(self, sentence: str) -> None:
        """Says what happened to a request on its way."""


@contextmanager
def starting(console: Console) -> Iterator[None]:
    """Says that the programs start, for as long as they do."""
    if console.is_interactive:
        with console.status(_STARTING):
            yield
    else:
        console.print(_STARTING)
        yield


@contextmanager
def watched(console: Console, requests: int, outcomes: int) -> Iterator[Watched]:
    """Shows how many requests were sent and how many outcomes have come."""
    if not console.is_interactive:
        yield _Lines(console, requests, outcomes)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        yield _Bars(bars, requests, outcomes)


class _Told:
    """Prints what happens on the way, up to a bound."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told = 0

    def told(self, sentence: str) -> None:
        self._told += 1
        if self._told <= _MOST_TOLD:
            self._console.print(sentence, style="dim", soft_wrap=True)
        elif self._told == _MOST_TOLD + 1:
            self._console.print("... and so on.", style="dim")


class _Bars(_Told):
    def __init__(self, bars: Progress, requests: int, outcomes: int) -> None:
        super().__init__(bars.console)
        self._bars = bars
        self._sent = bars.add_task("Requests sent", total=requests)
        self._done = bars.add_task("Outcomes     ", total=outcomes)

    def sent(self) -> None:
        self._bars.advance(self._sent)

    def done(self, outcomes: int) -> None:
        self._bars.update(self._done, completed=outcomes)


class _Lines(_Told):
    def __init__(self, console: Console, requests: int, outcomes: int) -> None:
        super().__init__(console)
        self._requests, self._sent = requests, 0
        self._outcomes, self._step = outcomes, 0

    def sent(self) -> None:
        self._sent += 1
        if self._sent == self._requests:
            self._console.print(f"Requests sent: {self._sent}.")

    def done(self, outcomes: int) -> None:
        step = outcomes * _STEPS // max(self._outcomes, 1)
        if step > self._step:
            self._step = step
            self._console.print(f"Outcomes: {outcomes} of {self._outcomes}.")
