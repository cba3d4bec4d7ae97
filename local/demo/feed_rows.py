"""What a feed's file gives: rows, and lines that are none."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A row with the line that it starts in; the fields that the file gives, by name."""

    line: int
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that cannot become a message, and why; the reason holds no phone number."""

    line: int
    reason: str
