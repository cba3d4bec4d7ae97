"""The folder that a sweep's demo writes into: as the other demo's, with what a sweep leaves."""

from pathlib import Path
from typing import Final

from local.demo.folder import DemoFolder
from local.stack import ROOT

DEFAULT_FOLDER: Final = ROOT / ".local" / "sweep-demo"
REPORT: Final = "report.html"
FINDINGS: Final = "findings.jsonl"
SUMMARY: Final = "summary.json"
FILES: Final = (REPORT, FINDINGS, SUMMARY, "findings.csv")


class SweepFolder(DemoFolder):
    """Names the files, and clears nothing but what a demo wrote."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, ())
        self.report = self.path / REPORT
        self.findings = self.path / FINDINGS
        self.summary = self.path / SUMMARY

    def _clear(self) -> None:
        super()._clear()
        for name in FILES:
            self._remove(self.path / name)
