"""Findings as JSON Lines (https://jsonlines.org), for programs; `sweep-finding.schema.json` describes a line. Pure."""

from collections.abc import Iterable, Iterator

from shared.compliance.finding import Finding
from shared.sweep_report.finding_line import finding_line

FILE_NAME = "findings.jsonl"
CONTENT_TYPE = "application/jsonl"


def lines(findings: Iterable[Finding]) -> Iterator[bytes]:
    """Gives a line per finding, as they come."""
    for finding in findings:
        yield finding_line(finding).model_dump_json(by_alias=True).encode() + b"\n"
