"""Lays moments out along a line, and folds long waits, in which nothing is at work, to a short piece. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

# A wait that is longer than this share of all that is at work is folded.
_FOLDED_FROM: Final = 0.25
# What is left of it, as a share of the line.
_FOLD: Final = 0.05

type Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time, in nanoseconds, and where it lies, as shares of the line."""

    start: int
    end: int
    left: float
    right: float
    folded: bool = False

    def at(self, moment: int) -> float:
        """Gives where a moment lies."""
        return self.left + (self.right - self.left) * (moment - self.start) / max(self.end - self.start, 1)


@dataclass(frozen=True, slots=True)
class Timeline:
    """All pieces, in order, without gaps between them."""

    pieces: Sequence[Piece]

    @property
    def folds(self) -> list[Piece]:
        """The waits that are folded."""
        return [piece for piece in self.pieces if piece.folded]

    def at(self, moment: int) -> float:
        """Gives where a moment lies, from 0 to 1."""
        return next((piece for piece in self.pieces if moment <= piece.end), self.pieces[-1]).at(moment)


def timeline_of(intervals: Iterable[Interval]) -> Timeline:
    """Makes the line of what is at work in some intervals, of which there is at least one."""
    busy = _merged(intervals, 0)
    working = sum(end - start for start, end in busy)
    busy = _merged(busy, int(working * _FOLDED_FROM))
    scale = (1 - _FOLD * (len(busy) - 1)) / max(sum(end - start for start, end in busy), 1)
    pieces: list[Piece] = []
    left = 0.0
    for start, end in busy:
        if pieces:
            pieces.append(Piece(pieces[-1].end, start, left, left + _FOLD, folded=True))
            left += _FOLD
        pieces.append(Piece(start, end, left, left + (end - start) * scale))
        left = pieces[-1].right
    return Timeline(pieces)


def _merged(intervals: Iterable[Interval], gap: int) -> list[Interval]:
    """Joins what overlaps, or lies no further apart than the gap."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1] + gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
