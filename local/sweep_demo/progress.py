"""Shows how far a run is: a line per chain on a terminal, a few plain lines where the output goes elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from shared.sweep.told_status import SweepStatus
from shared.sweep.words import Chain, ChainState

_WORDS: Final = {
    Chain.PROTECTION: "Whom policy protects",
    Chain.REGISTRATION: "Registration report",
    Chain.PEOPLE: "Users of the directory",
    Chain.EXPECTED: "What changes left",
    Chain.READINGS: "Methods, one by one",
    Chain.JUDGING: "Judging",
    Chain.SHARING: "Shared numbers",
    Chain.PUBLISHING: "Report, event, mail",
    Chain.REMEDYING: "Requests that mend",
    Chain.NOTICING: "Passkey notices",
}
# What each chain counts, in words; the first that it has is shown.
_COUNTS: Final = (("reads", "read"), ("rows", "rows"), ("people", "people"), ("sent", "sent"))


@contextmanager
def watched_run(console: Console) -> Iterator[Callable[[SweepStatus], None]]:
    """Gives what is to be told of each look at the run."""
    if not console.is_interactive:
        yield _Lines(console).seen
        return
    with Live(console=console, auto_refresh=False, transient=False) as live:
        yield lambda status: live.update(_table(status), refresh=True)


@contextmanager
def meanwhile(console: Console, sentence: str) -> Iterator[None]:
    """Says what goes on, for as long as it does."""
    if console.is_interactive:
        with console.status(sentence):
            yield
    else:
        console.print(sentence)
        yield


class _Lines:
    """Prints a line for each chain that is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: set[Chain] = set()

    def seen(self, status: SweepStatus) -> None:
        for state in in_order(status.chains):
            if state.done and state.chain not in self._told:
                self._told.add(state.chain)
                self._console.print(f"  {_WORDS[state.chain]}: {_counted(state) or 'done'}.")


def in_order(chains: tuple[ChainState, ...]) -> list[ChainState]:
    """Gives chains in the order in which they begin."""
    return sorted(chains, key=lambda state: tuple(Chain).index(state.chain))


def _table(status: SweepStatus) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2))
    states = {state.chain: state for state in status.chains}
    for chain, words in _WORDS.items():
        state = states.get(chain)
        table.add_row(words, _mark(state), _counted(state) if state else "")
    return table


def _mark(state: ChainState | None) -> Text:
    if state is None:
        return Text("waits", "dim")
    return Text("done", "green") if state.done else Text(f"step {state.step + 1}", "yellow")


def _counted(state: ChainState) -> str:
    return next((f"{state.count(name):,} {words}" for name, words in _COUNTS if state.count(name)), "")
