"""The files in a telemetry folder."""

from typing import Final

SPANS: Final = "spans.jsonl"
METRICS: Final = "metrics.jsonl"
LOGS: Final = "logs.jsonl"
