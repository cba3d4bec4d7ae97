"""Reads the rows of a feed in JSON: one object a line, or a list of objects, or objects over several lines."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from local.demo.feed_fields import FIELDS, field_name, named_twice
from local.demo.feed_rows import Row, RowFault
from local.demo.feed_text import is_text

_BETWEEN = " \t\r\n,"
_NEXT_OBJECT = re.compile(r"\n[ \t]*(?=\{)")
_NO_JSON = "it is no JSON"


class _NamedTwiceError(ValueError):
    """An object that gives one field twice."""


def json_rows(text: str) -> tuple[list[Row | RowFault], tuple[str, ...]]:
    """Gives every object, or why it is none, and the names that mean nothing."""
    rows = list(_Objects(text, in_list=text.lstrip().startswith("[")).read())
    names = {name: None for row in rows if isinstance(row, Row) for name in row.fields}
    return rows, tuple(name for name in names if name not in FIELDS and name != "user")


@dataclass
class _Objects:
    """A cursor over objects that follow one another, with or without commas and brackets between them."""

    text: str
    in_list: bool
    position: int = 0
    line_starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Notes where lines start."""
        self.line_starts = [0, *(found.end() for found in re.finditer("\n", self.text))]

    def read(self) -> Iterator[Row | RowFault]:
        """Reads object by object; after one that is broken it goes on with the next line that opens one."""
        decoder = json.JSONDecoder(object_pairs_hook=_fields)
        between = _BETWEEN + ("[]" if self.in_list else "")
        while (start := self._skip(between)) < len(self.text):
            line = self._line_of(start)
            try:
                value, self.position = decoder.raw_decode(self.text, start)
                yield _row(line, value, self.text[start : self.position])
            except _NamedTwiceError as fault:
                self._go_on(start)
                yield RowFault(line, str(fault))
            except (ValueError, RecursionError):  # a number of 5,000 digits is a bare ValueError
                yield RowFault(line, self._broken(start, line))

    def _skip(self, signs: str) -> int:
        while self.position < len(self.text) and self.text[self.position] in signs:
            self.position += 1
        return self.position

    def _broken(self, start: int, line: int) -> str:
        self._go_on(start)
        last = self._line_of(self.position - 1)
        return _NO_JSON if last == line else f"{_NO_JSON}, as far as line {last}"

    def _go_on(self, start: int) -> None:
        """Moves to the next line that opens an object."""
        found = _NEXT_OBJECT.search(self.text, start)
        self.position = found.end() if found else len(self.text)

    def _line_of(self, position: int) -> int:
        return bisect_right(self.line_starts, position)


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = [(field_name(name), value) for name, value in pairs]
    if name := named_twice([name for name, _ in named]):
        message = f"it gives {name} twice"
        raise _NamedTwiceError(message)
    return dict(named)


def _row(line: int, value: object, written: str) -> Row | RowFault:
    if not isinstance(value, dict):
        return RowFault(line, "it is no JSON object")
    if not is_text(written):
        return RowFault(line, "it holds bytes that are no text")
    return Row(line, {name: content for name, content in value.items() if content is not None})
