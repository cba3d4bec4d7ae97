"""The form of a work file: rows as lines of JSON, sorted by a hash, so that a share of them is one stretch. Pure.

A run's rows come in the order in which Graph lists them, page by page, each source in another order. What belongs to
one person must meet all the same, and never all of the tenant at once: so every file begins with the places where the
rows of each of 256 slots begin, and whoever judges a share of the people reads that stretch of every file.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

SLOTS = 256
_PLACES = struct.Struct(f">{SLOTS + 1}I")
HEADER_LENGTH = _PLACES.size


def slot_of(key: str) -> int:
    """Gives the slot, 0 to 255, of a key such as a user's id; ids are compared without case."""
    return hashlib.blake2b(key.casefold().encode(), digest_size=1).digest()[0]


@dataclass(frozen=True, slots=True)
class Share:
    """One of `of` shares of the slots, counted from 0."""

    number: int
    of: int

    @property
    def first(self) -> int:
        """Gives the first slot."""
        return self.number * SLOTS // self.of

    @property
    def end(self) -> int:
        """Gives the slot after the last one."""
        return (self.number + 1) * SLOTS // self.of

    def stretch(self, header: bytes) -> tuple[int, int]:
        """Gives where the share's rows stand in a file with this header: start and length in bytes."""
        places = _PLACES.unpack(header)
        start, end = places[self.first], places[self.end]
        return HEADER_LENGTH + start, end - start


WHOLE = Share(0, 1)


def shares_of(rows: int, most_rows: int) -> int:
    """Gives how many shares it takes for none to have many more than `most_rows` rows; there are at most 256."""
    return min(max(1, -(-rows // most_rows)), SLOTS)


class RowKind[T]:
    """How rows of one kind are written and read. `key` gives what a row is sorted by."""

    def __init__(self, kind: Any, key: Callable[[T], str]) -> None:  # noqa: ANN401 - a union of types is no type
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)
        self._key = key

    def packed(self, rows: Iterable[T]) -> bytes:
        """Writes a file. Rows of one key keep their order."""
        slots: list[list[bytes]] = [[] for _ in range(SLOTS)]
        for row in rows:
            slots[slot_of(self._key(row))].append(self._adapter.dump_json(row, exclude_defaults=True))
        lines = [b"".join(line + b"\n" for line in slot) for slot in slots]
        return _PLACES.pack(*_places(lines)) + b"".join(lines)

    def unpacked(self, stretch: bytes) -> Iterator[T]:
        """Reads the rows of a stretch. Raises pydantic's ValidationError where it is none."""
        return (self._adapter.validate_json(line) for line in stretch.splitlines())

    def whole(self, content: bytes) -> Iterator[T]:
        """Reads all rows of a file."""
        return self.unpacked(content[HEADER_LENGTH:])


def _places(lines: Iterable[bytes]) -> Iterator[int]:
    place = 0
    yield place
    for slot in lines:
        place += len(slot)
        yield place
