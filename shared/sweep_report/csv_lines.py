"""Findings as CSV (RFC 4180, UTF-8 with a byte order mark), which no spreadsheet takes for formulas. Pure.

https://owasp.org/www-community/attacks/CSV_Injection
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from shared.compliance.finding import Finding
from shared.sweep_report.finding_line import FindingLine, finding_line

FILE_NAME = "findings.csv"
CONTENT_TYPE = "text/csv; charset=utf-8"
COLUMNS = (
    "severity",
    "verdict",
    "code",
    "title",
    "displayName",
    "userPrincipalName",
    "userId",
    "department",
    "country",
    "managerName",
    "managerId",
    "phoneType",
    "evidence",
    "advice",
    "controls",
    "source",
    "asOf",
    "excusedBy",
)
_BYTE_ORDER_MARK = "\ufeff"
# What begins a formula.
_FORMULA_SIGNS = frozenset("=+-@")
_BREAKS = ("\t", "\r", "\n")
_NO_BREAKS = dict.fromkeys(map(ord, "\t\r\n\v\f\x85\u2028\u2029"), " ")
_AFTER_SEPARATOR = re.compile(r"(?P<before>[;,|](?:[\s\"'])*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20\u2212])")


def lines(findings: Iterable[Finding]) -> Iterator[bytes]:
    """Gives the header, then a record per finding, as they come."""
    yield (_BYTE_ORDER_MARK + _record(COLUMNS)).encode()
    for finding in findings:
        yield _record(_cells(finding_line(finding))).encode()


def safe(cell: str) -> str:
    """Puts an apostrophe before what a spreadsheet might calculate; all else stays as it is, but breaks become blanks.

    A spreadsheet whose separator is another one begins a new cell in the middle of ours: so the same goes for what
    follows a separator. Masked numbers begin with a plus and get one too; whoever reads by program takes one apostrophe
    off such cells.
    """
    plain = _AFTER_SEPARATOR.sub(r"\g<before>'", cell.translate(_NO_BREAKS))
    return f"'{plain}" if is_formula(plain) else plain


def is_formula(cell: str) -> bool:
    """Says whether a cell begins as a formula, also in full-width signs, and after quotes, blanks or the like."""
    plain = unicodedata.normalize("NFKC", cell).replace("\u2212", "-")
    first = next((sign for sign in plain if sign.isalnum() or sign in _FORMULA_SIGNS), "")
    return first in _FORMULA_SIGNS or cell.startswith(_BREAKS)


def _cells(line: FindingLine) -> Iterator[str]:
    values = line.model_dump(mode="json", by_alias=True)
    for column in COLUMNS:
        value = values[column]
        yield "; ".join(value) if isinstance(value, list) else value or ""


def _record(cells: Iterable[str]) -> str:
    return ",".join(f'"{safe(cell).replace('"', '""')}"' for cell in cells) + "\r\n"
