"""Reads the rows of a feed in CSV, delimited by comma, semicolon, tab or bar."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from local.demo.feed_fields import FIELDS, USER_FIELDS, field_name, named_twice
from local.demo.feed_rows import Row, RowFault
from local.demo.feed_text import is_text
from local.serving import CannotStartError

_DELIMITERS = ",;\t|"
_EXCELS_HINT = re.compile(r"\s*\"?sep=", re.IGNORECASE)
# '+49 151... and ="0151...": how a spreadsheet is made to take a cell for text.
_KEPT_AS_TEXT = re.compile(r"'(?P<marked>[+=@0-9-].*)|=\"(?P<quoted>[^\"]*)\"", re.DOTALL)
_OPERATIONS = ("set", "remove", "undo")
_PHONE_TYPES = ("mobile", "alternateMobile", "office")
# A spreadsheet writes `Set` where somebody typed `set`.
_WORDS = {
    "operation": {word.lower(): word for word in _OPERATIONS},
    "phoneType": {word.lower(): word for word in _PHONE_TYPES},
}
# Spaces of any width, and what a web page leaves along with them.
_AROUND = " \t\r\n\u00a0\u200b\u202f\ufeff"
# Passed on as they stand, spaces included.
_FREE_TEXT = {"phoneNumber", "ifCurrent", "reason"}


@dataclass(frozen=True, slots=True)
class _Record:
    """The cells that start in a line, and how many lines they take."""

    cells: list[str]
    height: int


class _NoRecordError(ValueError):
    """A line that no cells can be read from; the text says why."""


def csv_rows(text: str, feed: str) -> tuple[list[Row | RowFault], tuple[str, ...]]:
    """Gives every row, or why it is none, and the columns that mean nothing.

    Raises CannotStartError where the first line does not name the columns that are needed; `feed` names the file.
    """
    # Blank lines are kept: people count them.
    lines = list(io.StringIO(text, newline=""))
    top = next((number for number, line in enumerate(lines) if line.strip() and not _EXCELS_HINT.match(line)), 0)
    delimiter = max(_DELIMITERS, key=lambda sign: sum(name in FIELDS for name in _header(lines[top:], sign)[0]))
    names, height = _header(lines[top:], delimiter)
    _check(names, feed)
    rows = _Rows(lines, delimiter, names)
    return list(rows.below(top + height)), tuple(name for name in names if name and name not in FIELDS)


def _header(lines: list[str], delimiter: str) -> tuple[list[str], int]:
    """Gives the fields that the header names, and how many lines it takes: a name may hold a line break."""
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        return [field_name(cell) for cell in next(reader, [])], reader.line_num
    except csv.Error:
        return [], 1


def _check(names: list[str], feed: str) -> None:
    if "operation" not in names or not any(name in names for name in USER_FIELDS):
        message = (
            f"The first line of the feed {feed} must name its columns, among them operation and one of "
            f"{', '.join(USER_FIELDS)}; it names: {', '.join(names)[:200]}."
        )
        raise CannotStartError(message)
    if name := named_twice(names):
        message = f"The feed {feed} names the column {name} twice: which one counts?"
        raise CannotStartError(message)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The lines of a feed, and how to read cells from them."""

    lines: list[str]
    delimiter: str
    names: list[str]

    def below(self, position: int) -> Iterator[Row | RowFault]:
        """Reads row by row; after a line that cannot be read it goes on with the next one, so that none is lost."""
        while position < len(self.lines):
            try:
                record = self._record(position)
                if any(cell.strip() for cell in record.cells):
                    yield self._row(position + 1, record.cells)
                position += record.height
            except _NoRecordError as fault:
                yield RowFault(position + 1, str(fault))
                position += 1

    def _record(self, position: int) -> _Record:
        ahead = (self.lines[number] for number in range(position, len(self.lines)))
        reader = csv.reader(ahead, delimiter=self.delimiter, strict=True)
        try:
            record = _Record(next(reader, []), reader.line_num)
        except csv.Error as fault:
            return self._loosely_read(position, str(fault))
        if any(self._is_row(line) for line in self.lines[position + 1 : position + record.height]):
            message = "a quotation mark opens in it that does not close before the next row"
            raise _NoRecordError(message)
        return record

    def _loosely_read(self, position: int, fault: str) -> _Record:
        """Takes a line such as `"a" ,b` as spreadsheets do, if its quotation marks come in pairs."""
        line = self.lines[position]
        if line.count('"') % 2:
            message = "a quotation mark opens in it that is never closed"
            raise _NoRecordError(message)
        try:
            return _Record(next(csv.reader([line], delimiter=self.delimiter), []), 1)
        except csv.Error:
            message = f"it is no CSV: {fault}"
            raise _NoRecordError(message) from None

    def _is_row(self, line: str) -> bool:
        cells = [cell.strip().lower() for cell in line.split(self.delimiter)]
        at = self.names.index("operation")
        return len(cells) == len(self.names) and cells[at] in _OPERATIONS

    def _row(self, line: int, cells: list[str]) -> Row:
        while len(cells) > len(self.names) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(self.names):
            message = f"it has {len(cells)} cells where the header has {len(self.names)}"
            raise _NoRecordError(message)
        if not all(map(is_text, cells)):
            message = "it holds bytes that are no text"
            raise _NoRecordError(message)
        return Row(
            line, {name: _plain(name, cell) for name, cell in zip(self.names, cells, strict=True) if cell.strip()}
        )


def _plain(name: str, cell: str) -> str:
    """Takes away what a spreadsheet put around a cell."""
    if kept := _KEPT_AS_TEXT.fullmatch(cell):
        cell = kept["marked"] or kept["quoted"] or ""
    if name in _FREE_TEXT:
        return cell
    cell = cell.strip(_AROUND)
    return _WORDS.get(name, {}).get(cell.lower(), cell)
