"""docs/telemetry.md names what the code tells, all of it, and nothing else."""

import re
from pathlib import Path
from typing import Any, override

from opentelemetry.metrics import NoOpMeter

from shared.reconciliation import metrics as reconciliation
from shared.sweep_report import metrics as sweep
from shared.telemetry import names
from shared.telemetry.instruments import Instruments

PAGE = (Path(__file__).parent.parent.parent.parent / "docs" / "telemetry.md").read_text(encoding="utf-8")
NAMES = {
    value
    for module in (names, sweep)
    for name, value in vars(module).items()
    if name.isupper()
    and not name.startswith("_")
    and isinstance(value, str)
    and "." in value
    and not value.endswith(".")
}


class Recording(NoOpMeter):
    """Takes down what is created, as a row of the page."""

    def __init__(self) -> None:
        super().__init__("test")
        self.rows: set[str] = set()

    @override
    def create_counter(self, name: str, unit: str = "", description: str = "", **more: Any) -> Any:
        self.rows.add(f"| `{name}` | counter, {unit} | {description}")
        return super().create_counter(name, unit, description)

    @override
    def create_gauge(self, name: str, unit: str = "", description: str = "", **more: Any) -> Any:
        self.rows.add(f"| `{name}` | gauge, {unit} | {description}")
        return super().create_gauge(name, unit, description)

    @override
    def create_histogram(self, name: str, unit: str = "", description: str = "", **more: Any) -> Any:
        self.rows.add(f"| `{name}` | histogram, {unit} | {description}")
        return super().create_histogram(name, unit, description)


def test_every_metric_is_on_the_page_as_the_code_describes_it() -> None:
    meter = Recording()
    for kind in (Instruments, reconciliation._Instruments, sweep._Instruments):  # noqa: SLF001 - nothing else knows all
        kind.of(meter)
    told = [line for line in PAGE.splitlines() if re.match(r"\| `[a-z._]+` \| (counter|gauge|histogram), ", line)]
    assert len(told) == len(meter.rows)
    assert [row for row in meter.rows if not any(line.startswith(row) for line in told)] == []


def test_every_name_is_on_the_page() -> None:
    assert [name for name in sorted(NAMES) if f"`{name}`" not in PAGE] == []


def test_the_page_has_no_name_that_the_code_does_not_tell() -> None:
    meter = Recording()
    sweep._Instruments.of(meter)  # noqa: SLF001 - its metrics are named nowhere else
    of_the_sweep = {row.split("`")[1] for row in meter.rows}
    assert set(re.findall(r"`(mfaphone\.[a-z_.]*[a-z])`", PAGE)) - NAMES - of_the_sweep == set()
