"""JSON without its ambiguities: what two readers could take for two things is a fault."""

import json
import math
from collections import Counter
from typing import Any

from shared.json_text import is_text, shown

# More than any figure of a policy, and far from what int() refuses with an exception of its own.
_MOST_DIGITS = 15


class StrictReader:
    """Reads one text and keeps the faults that `json` passes over."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def read(self, text: str) -> Any:  # noqa: ANN401 - any JSON
        """Gives the value that a text stands for. Raises json.JSONDecodeError and RecursionError."""
        value = json.loads(
            text,
            object_pairs_hook=self._object,
            parse_constant=self._constant,
            parse_int=self._integer,
            parse_float=self._fraction,
        )
        if not is_text(value):
            self.faults.append("a text holds half a character")
        return value

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        counted = Counter(name for name, _ in pairs)
        self.faults += [f"{shown(name)}: stands there more than once" for name, count in counted.items() if count > 1]
        return dict(pairs)

    def _constant(self, name: str) -> None:
        self.faults.append(f"{name} is not JSON")

    def _integer(self, digits: str) -> int:
        if len(digits) <= _MOST_DIGITS:
            return int(digits)
        self.faults.append(f"a number has more than {_MOST_DIGITS} digits")
        return 0

    def _fraction(self, digits: str) -> float:
        value = float(digits)
        if math.isfinite(value):
            return value
        self.faults.append("a number is too large")
        return 0.0
