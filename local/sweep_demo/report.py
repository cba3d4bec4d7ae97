"""What a person sees at the end: the figures, the gravest findings, where the report is, and whether all was found."""

import json
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.demo.folder import DemoFolder
from local.sweep_demo.comparison import Comparison
from local.sweep_demo.folder import FILES, SweepFolder
from local.sweep_demo.run import Swept
from shared.compliance.catalogue import CATALOGUE
from shared.compliance.finding import ComplianceCode

_GRAVEST: Final = 8
_MOST_DIFFERENCES: Final = 20
_COLOURS: Final = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
_BAR: Final = 40


def show(console: Console, folder: SweepFolder, swept: Swept, people: int) -> None:
    """Prints everything."""
    summary = json.loads(folder.summary.read_text(encoding="utf-8"))
    _show_headline(console, summary)
    _show_burn_down(console, summary)
    _show_rules(console, summary)
    _show_gravest(console, folder.findings)
    _show_places(console, folder, swept, people)


def verdict(console: Console, compared: Comparison) -> bool:
    """Says whether the sweep found what was planted, and nothing else."""
    if compared.is_exact:
        console.print(
            f"Planted: {compared.planted} findings. Found: the same {compared.found}, and no other.", style="green"
        )
        return True
    console.print(f"Planted: {compared.planted} findings. Found: {compared.found}, and not the same ones.", style="red")
    for line in islice(compared.differences(), _MOST_DIFFERENCES):
        console.print(line, style="red", soft_wrap=True)
    return False


def _show_headline(console: Console, summary: Mapping[str, Any]) -> None:
    left, telephony = summary["telephony"]["daysLeft"], summary["telephony"]
    coverage = summary["coverage"]
    told = f"{summary['phoneOnly']:,} people have a phone as their only method"
    if left is not None and left > 0:
        told += f": they are locked out in {left} days, on {telephony['retiresOn']}"
    console.print()
    console.print(f"{told}.", style="bold red")
    whole = "complete" if summary["complete"] else "incomplete"
    console.print(
        f"{coverage['people']:,} people, {coverage['share']:.1%} of them known; "
        f"{summary['noMethod']:,} with no method, {summary['fewMethods']:,} with fewer than policy wants; "
        f"the run is {whole}.",
        soft_wrap=True,
    )
    for remark in (*summary["incompleteBecause"], *summary["remarks"]):
        console.print(f"Not known: {remark}", style="yellow", soft_wrap=True)


def _show_burn_down(console: Console, summary: Mapping[str, Any]) -> None:
    history = summary["history"]
    most = max((past["phoneOnly"] for past in history), default=0) or 1
    console.print("\nPhone is the only method, week by week", style="bold")
    for past in history:
        bar = "█" * round(past["phoneOnly"] * _BAR / most)
        console.print(Text(f"  {past['at'][:10]}  ").append(bar, "red").append(f" {past['phoneOnly']:,}"))


def _show_rules(console: Console, summary: Mapping[str, Any]) -> None:
    table = Table(title="Rules", title_justify="left", title_style="bold", box=None, padding=(0, 2))
    table.add_column("rule")
    table.add_column("severity")
    for name in ("violations", "excused", "unknown", "compliant"):
        table.add_column(name, justify="right")
    for rule in summary["rules"]:
        title = CATALOGUE[ComplianceCode(rule["code"])].title
        severity = Text(rule["severity"], _COLOURS[rule["severity"]] if rule["violations"] else "dim")
        figures = (f"{rule[name]:,}" for name in ("violations", "excused", "unknown", "compliant"))
        table.add_row(title, severity, *figures)
    console.print()
    console.print(table)


def _show_gravest(console: Console, findings: Path) -> None:
    """Shows the first of each rule: the file has the gravest first."""
    console.print("\nThe gravest of each rule", style="bold")
    seen: set[str] = set()
    with findings.open(encoding="utf-8") as file:
        for told in map(json.loads, file):
            if told["code"] not in seen and len(seen) < _GRAVEST:
                seen.add(told["code"])
                who = f"{told['displayName']}, {told['department'] or 'no department'}" if told["userId"] else "Policy"
                line = Text("  ").append(told["severity"], _COLOURS[told["severity"]])
                console.print(line.append(f"  {who}: {told['evidence']}"), soft_wrap=True)


def _show_places(console: Console, folder: DemoFolder, swept: Swept, people: int) -> None:
    console.print("\nLook at:", style="bold")
    for name in FILES:
        console.print(f"  {folder.path / name}", soft_wrap=True)
    console.print(f"  {folder.mail} ({swept.mails} mail{'s' * (swept.mails != 1)}), {folder.logs}", soft_wrap=True)
    console.print(f"\n{people:,} people swept in {swept.sweep_seconds:.0f} s; everything took {swept.seconds:.0f} s.")
