"""`python -m local.telemetry`: lists the traces that a run left in its files, and draws one of them."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from local.serving import EXIT_CANNOT_START, CannotStartError
from local.telemetry.file_names import SPANS
from local.telemetry.picture import drawn, duration
from local.telemetry.spans import read_spans
from local.telemetry.traces import Trace, trace_of, traces_of
from local.terminal import console, ended

_COLUMNS = ("request", "outcome", "took", "spans", "Graph calls", "trace")
_WIDTH = 120


def main(arguments: Sequence[str] | None = None) -> int:
    """Lists or draws; gives the exit status."""
    told = _parser().parse_args(arguments)
    try:
        traces = traces_of(read_spans(told.folder / SPANS))
        if told.command == "list":
            _show(console(), traces)
        else:
            _draw(traces, told.request, told.out)
    except CannotStartError as fault:
        return ended(EXIT_CANNOT_START, str(fault))
    return 0


def _show(out: Console, traces: Sequence[Trace]) -> None:
    table = Table(*_COLUMNS, box=None, pad_edge=False)
    for trace in traces:
        spans, calls = str(len(trace.spans)), str(trace.calls)
        table.add_row(trace.request_id, trace.outcome, duration(trace.seconds), spans, calls, trace.trace_id)
    # Whole also on a narrow terminal, which breaks the lines: a trace's id is there to be copied.
    out.width = max(out.width, _WIDTH)
    out.print(table)


def _draw(traces: Sequence[Trace], request_id: str, path: Path) -> None:
    trace = trace_of(traces, request_id)
    if trace is None:
        message = f"There is no trace of the request {request_id}; `list` tells those that there are."
        raise CannotStartError(message)
    try:
        path.write_text(drawn(trace), encoding="utf-8")
    except OSError as fault:
        message = f"The picture {path} cannot be written: {fault.strerror or fault}."
        raise CannotStartError(message) from fault


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.telemetry", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument("folder", type=Path, metavar="FOLDER", help="where spans.jsonl is, as .local/demo/telemetry")
    commands.add_parser("list", parents=[folder], help="list the traces: one per request as it was sent")
    draw = commands.add_parser("draw", parents=[folder], help="draw the trace of a request as a picture")
    draw.add_argument("--request", required=True, metavar="ID", help="whose trace")
    draw.add_argument("--out", type=Path, required=True, metavar="FILE", help="the picture (SVG)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
