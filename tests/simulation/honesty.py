"""What no event may say besides what the checker knows: that something was changed which nobody wrote."""

from collections.abc import Iterator

from shared.outcome import Outcome
from tests.simulation.checker import broken
from tests.simulation.history import History, Op
from tests.simulation.soak import phones_of
from tests.simulation.worker import Simulation


def lies(history: History) -> Iterator[str]:
    """Gives every end that says that something was changed which nobody wrote."""
    writers = {happening["label"] for happening in history.of(Op.WRITE)}
    for ended in history.of(Op.TERMINAL):
        if ended["outcome"] is Outcome.CHANGED and ended["label"] not in writers:
            yield f"{ended['key']} says that it changed something"


def wrong(simulation: Simulation, *, allowed: tuple[str, ...] = ()) -> list[str]:
    """Gives all that is wrong with a drained simulation; `allowed` are rules of the checker that may be broken."""
    history = simulation.history
    found = broken(history, phones_of(simulation.people))
    return [f"{fault.rule}: {fault.what}" for fault in found if fault.rule not in allowed] + list(lies(history))
