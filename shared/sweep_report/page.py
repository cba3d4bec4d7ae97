"""The report as one page of HTML that needs nothing else: no network, no script to show its figures.

Its policy of contents (CSP) lets nothing run and nothing load but what stands in it here, by hash.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shared.compliance.catalogue import CATALOGUE
from shared.compliance.finding import Finding
from shared.compliance.summary import Summary
from shared.json_text import writable
from shared.notify import dates
from shared.sweep_report import csv_lines, json_lines
from shared.sweep_report.burn_down import NARROW, WIDE, chart
from shared.sweep_report.embedded import answer, embedded, ordered
from shared.sweep_report.figures import change, counted, lasting, minute, number, share, short_day
from shared.sweep_report.headline import headline, is_retired
from shared.sweep_report.pace import before, pace, runs_of
from shared.sweep_report.standing import bars, standing

FILE_NAME = "report.html"
CONTENT_TYPE = "text/html; charset=utf-8"
SUMMARY_NAME = "summary.json"
# How many findings stand in the page without a script.
_STATIC_ROWS = 50
_LANGUAGE = "en"
_NO_BREAK = "\u00a0"
_MASKED_NUMBER = re.compile(r"(\+\d+) (?=\*)")
_TEMPLATES = Path(__file__).parent / "templates"


def _day(value: date) -> str:
    """Gives a day that no line ends in."""
    return dates.day(value, _LANGUAGE).replace(" ", _NO_BREAK)


def _unbroken(text: str) -> str:
    """Gives a sentence in which no line ends within a masked number."""
    return _MASKED_NUMBER.sub(rf"\1{_NO_BREAK}", text)


def _moment(value: datetime) -> str:
    return dates.moment(value, _LANGUAGE)


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {
    "answer": answer,
    "change": change,
    "day": _day,
    "lasting": lasting,
    "minute": minute,
    "moment": _moment,
    "number": number,
    "share": share,
    "short_day": short_day,
    "unbroken": _unbroken,
}
_ENVIRONMENT.globals |= {"counted": counted, "catalogue": CATALOGUE}
_STYLE = (_TEMPLATES / "page.css").read_text(encoding="utf-8")
_SCRIPT = (_TEMPLATES / "page.js").read_text(encoding="utf-8")


def page(summary: Summary, findings: Sequence[Finding], left_out: int) -> str:
    """Gives the page; `left_out` findings stand in the files beside it alone."""
    told = ordered(findings)
    values = {
        "summary": summary,
        "headline": headline(summary),
        "is_retired": is_retired(summary),
        "standing": standing(summary),
        "before": before(summary),
        "pace": pace(summary),
        "runs": runs_of(summary),
        "charts": (("wide", chart(summary, WIDE)), ("narrow", chart(summary, NARROW))),
        "bars": (
            bars("By department", "department", "No department", summary.departments),
            bars("By country", "country", "No country", summary.countries),
            bars("By manager", "manager", "No manager", summary.managers),
        ),
        "rules": sorted(summary.rules, key=lambda rule: (not rule.violations, rule.severity.rank, -rule.violations)),
        "first": told[:_STATIC_ROWS],
        "count": len(told),
        "left_out": left_out,
        "files": ((csv_lines.FILE_NAME, "CSV"), (json_lines.FILE_NAME, "JSON Lines"), (SUMMARY_NAME, "Summary")),
        "data": Markup(embedded(told)),  # noqa: S704 - embedded() escapes all markup
        "style": Markup(_STYLE),  # noqa: S704 - our own file
        "script": Markup(_SCRIPT),  # noqa: S704 - our own file
        "policy": _content_policy(),
    }
    return writable(_ENVIRONMENT.get_template("page.html.j2").render(values))


def _content_policy() -> str:
    return (
        f"default-src 'none'; script-src '{_hash(_SCRIPT)}'; style-src '{_hash(_STYLE)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
