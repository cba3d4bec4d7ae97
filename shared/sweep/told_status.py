"""Tells a person how far a sweep is, in plain text. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.compliance.summary import PastRun
from shared.json_text import shown
from shared.sweep.words import Chain, ChainState, Run

_MOST_PAST = 10
_COLUMNS = ("past run", "complete", "enabled", "phone only", "no method", "violations")


@dataclass(frozen=True, slots=True)
class SweepStatus:
    """The newest run with its chains, and the figures of past runs, the oldest first."""

    run: Run | None
    chains: tuple[ChainState, ...] = ()
    history: tuple[PastRun, ...] = ()


def told_status(status: SweepStatus) -> str:
    """Gives the newest run, a line per chain, and the last past runs."""
    if status.run is None:
        return "There was no sweep yet."
    parts = [[_head(status.run)], list(_chains(status.chains)), list(_history(status.history))]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def moment(at: datetime) -> str:
    """Gives a moment to the minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _head(run: Run) -> str:
    began = f"Sweep {run.run_id}, policy {shown(run.policy_version)}, began {moment(run.started_at)}"
    return f"{began} and is under way." if run.finished_at is None else f"{began} and has ended."


def _chains(chains: tuple[ChainState, ...]) -> Iterator[str]:
    width = max(map(len, Chain))
    for state in sorted(chains, key=lambda state: tuple(Chain).index(state.chain)):
        yield f"  {state.chain:<{width}}  {_place(state)}{_counts(state)}"
        yield from (f"  {'':<{width}}  ! {shown(remark)}" for remark in state.remarks)


def _place(state: ChainState) -> str:
    since = f" since {moment(state.changed_at)}" if state.changed_at else ""
    return f"done{since}" if state.done else f"step {state.step}{since}"


def _counts(state: ChainState) -> str:
    told = ", ".join(f"{number:,} {name}" for name, number in state.counts if number)
    return f": {told}" if told else ""


def _history(history: tuple[PastRun, ...]) -> Iterator[str]:
    if not history:
        return
    yield _line(_COLUMNS)
    for run in reversed(history[-_MOST_PAST:]):
        figures = (run.enabled, run.phone_only, run.no_method, run.violations)
        yield _line((run.run_id, "yes" if run.complete else "no", *(f"{figure:,}" for figure in figures)))


def _line(columns: tuple[str, ...]) -> str:
    first, *others = columns
    return f"  {first:<14}" + "".join(f"{column:>12}" for column in others)
