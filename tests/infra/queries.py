"""The queries of alerts, workbook and runbooks, and the names in them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
BICEP, RUNBOOKS = ROOT / "bicep", ROOT / "docs" / "runbooks"
# Tables whose rows come from spans.
SPANS = {"AppRequests", "AppDependencies"}
# Tables whose `Properties` and `Name` are the product's.
_OURS = re.compile(r"\b(App(?:Requests|Dependencies|Metrics|Traces|Exceptions))\b")
_FENCED = re.compile(r"^ *```kql\n(.*?)```", re.MULTILINE | re.DOTALL)
_KEY = re.compile(r"""Properties(?:\[["']([^"']+)["']\]|\.(\w[\w.]*))""")
_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_NAME = re.compile(r"""\bName\s*(?:==|startswith|endswith|in)\s*(\([^)]*\)|"[^"]*")""")
_TEXT = re.compile(r'"([^"]*)"')


@dataclass(frozen=True, slots=True)
class Query:
    """A query and where it stands."""

    place: str
    text: str

    @property
    def keys(self) -> set[str]:
        """The keys of `Properties` that it asks for."""
        return {bracketed or dotted for bracketed, dotted in _KEY.findall(self.text)}

    @property
    def names(self) -> set[str]:
        """The names of metrics and spans that it asks for, or how they begin."""
        return {text for group in _NAME.findall(self.text) for text in _TEXT.findall(group)}

    @property
    def tables(self) -> set[str]:
        """The tables of the product's telemetry that it reads."""
        return set(_OURS.findall(self.text))


def all_queries() -> list[Query]:
    """Gives those of bicep/kql and those of the runbooks, without their comments."""
    files = [(path, path.read_text(encoding="utf-8")) for path in sorted(BICEP.rglob("*.kql"))]
    pages = [
        (path, page) for path in sorted(RUNBOOKS.glob("*.md")) for page in _FENCED.findall(path.read_text("utf-8"))
    ]
    return [Query(path.relative_to(ROOT).as_posix(), _COMMENT.sub("", text)) for path, text in files + pages]
