"""Puts the spans of one trace in their order, and tells what became of its request. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from local.telemetry.spans import Kind, Span
from shared.telemetry import names

_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Trace:
    """The spans of one trace, in the order of their start; at least one."""

    spans: Sequence[Span]

    @property
    def trace_id(self) -> str:
        """What they have in common."""
        return self.spans[0].trace_id

    @property
    def seconds(self) -> float:
        """How long it took, from the first start to the last end, its waits included."""
        return (max(span.end for span in self.spans) - self.spans[0].start) / _NANOSECONDS

    @property
    def request_id(self) -> str:
        """The request that it is about; empty where it is about none."""
        return next((told for span in self.spans if (told := span.told(names.REQUEST_ID))), "")

    @property
    def ending(self) -> Span | None:
        """The delivery that told the last outcome, if there is one yet."""
        told = [span for span in self.spans if span.told(names.OUTCOME)]
        return max(told, key=lambda span: span.end, default=None)

    @property
    def outcome(self) -> str:
        """What became of the request, and why, in the product's words."""
        return f"{self.ending.told(names.OUTCOME)} ({self.ending.told(names.CODE)})" if self.ending else ""

    @property
    def calls(self) -> int:
        """Counts the calls of Microsoft Graph."""
        return sum(span.kind is Kind.CLIENT for span in self.spans)

    def rows(self) -> Iterator[tuple[int, Span]]:
        """Gives every span after its parent, with its depth; what has no parent among them stands at depth 0."""
        known = {span.span_id for span in self.spans}
        children: dict[str, list[Span]] = defaultdict(list)
        for span in self.spans:
            children[span.parent_id if span.parent_id in known else ""].append(span)
        waiting = [(0, span) for span in reversed(children[""])]
        while waiting:
            depth, span = waiting.pop()
            yield depth, span
            waiting += [(depth + 1, child) for child in reversed(children[span.span_id])]


def traces_of(spans: Iterable[Span]) -> list[Trace]:
    """Groups spans by their trace, in the order of the first start; those about no request, as of timers, are left."""
    by_trace: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        by_trace[span.trace_id].append(span)
    return [trace for found in by_trace.values() if (trace := Trace(found)).request_id]


def trace_of(traces: Iterable[Trace], request_id: str) -> Trace | None:
    """Gives the trace of a request: of several, which repeats make, the one with the most spans."""
    found = [trace for trace in traces if trace.request_id == request_id]
    return max(found, key=lambda trace: len(trace.spans), default=None)
