"""$filter: `eq`, `ne`, `in`, `and`, `or`, `not`, brackets, `startsWith` and `endsWith` on the properties of a row."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.graph.errors import BadRequestError

Row = Mapping[str, Any]
Predicate = Callable[[Row], bool]

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<sign>[(),])|(?P<number>-?\d+(?![\w.:-]))|(?P<word>[A-Za-z_@][\w./-]*))"
)
TOO_SHORT = "Invalid filter clause: it ends too early."
FUNCTIONS: dict[str, Callable[[str, str], bool]] = {"startswith": str.startswith, "endswith": str.endswith}
CONSTANTS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True)
class Filter:
    """A filter ready for use; `advanced` where the directory answers it only with ConsistencyLevel and $count."""

    matches: Predicate
    advanced: bool


def parse_filter(text: str, properties: Mapping[str, object], type_name: str) -> Filter:
    """Reads a filter over the named properties of one of Graph's types."""
    reader = _Reader(_tokens(text), {name.lower(): name for name in properties}, type_name)
    matches = reader.either()
    reader.expect_end()
    return Filter(matches, advanced=reader.advanced)


def _tokens(text: str) -> list[str]:
    tokens, position, text = [], 0, text.strip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            message = f"Invalid filter clause: syntax error at position {position}."
            raise BadRequestError(message)
        tokens.append(match.group().strip())
        position = match.end()
    return tokens


class _Reader:
    """Reads tokens from left to right; `or` binds weakest, `not` strongest."""

    def __init__(self, tokens: list[str], properties: Mapping[str, str], type_name: str) -> None:
        self._tokens = tokens
        self._properties = properties
        self._type_name = type_name
        self.advanced = False

    def either(self) -> Predicate:
        """Reads terms joined by `or`."""
        terms = [self._both()]
        while self._take("or"):
            terms.append(self._both())
        return lambda row: any(term(row) for term in terms)

    def expect_end(self) -> None:
        """Refuses what follows a whole filter."""
        if self._tokens:
            raise self._wrong(self._tokens[0])

    def _both(self) -> Predicate:
        terms = [self._negated()]
        while self._take("and"):
            terms.append(self._negated())
        return lambda row: all(term(row) for term in terms)

    def _negated(self) -> Predicate:
        if not self._take("not"):
            return self._term()
        self.advanced = True
        inner = self._negated()
        return lambda row: not inner(row)

    def _term(self) -> Predicate:
        if self._take("("):
            inner = self.either()
            self._expect(")")
            return inner
        name = self._next()
        if name.lower() in FUNCTIONS:
            return self._call(name.lower())
        return self._comparison(self._property(name))

    def _call(self, function: str) -> Predicate:
        self.advanced |= function == "endswith"
        self._expect("(")
        name = self._property(self._next())
        self._expect(",")
        wanted = str(self._value()).lower()
        self._expect(")")
        return lambda row: FUNCTIONS[function](str(row.get(name) or "").lower(), wanted)

    def _comparison(self, name: str) -> Predicate:
        operator = self._next().lower()
        if operator == "eq":
            wanted = self._value()
            return lambda row: _same(row.get(name), wanted)
        if operator == "ne":
            self.advanced = True
            unwanted = self._value()
            return lambda row: not _same(row.get(name), unwanted)
        if operator == "in":
            choices = self._list()
            return lambda row: any(_same(row.get(name), choice) for choice in choices)
        raise self._wrong(operator)

    def _list(self) -> list[object]:
        self._expect("(")
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        self._expect(")")
        return values

    def _value(self) -> object:
        token = self._next()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token.lower() in CONSTANTS:
            return CONSTANTS[token.lower()]
        if token.lstrip("-").isdecimal():
            return int(token)
        raise self._wrong(token)

    def _property(self, name: str) -> str:
        if name.lower() not in self._properties:
            message = f"Could not find a property named '{name}' on type 'microsoft.graph.{self._type_name}'."
            raise BadRequestError(message)
        return self._properties[name.lower()]

    def _next(self) -> str:
        if not self._tokens:
            raise BadRequestError(TOO_SHORT)
        return self._tokens.pop(0)

    def _take(self, word: str) -> bool:
        found = bool(self._tokens) and self._tokens[0].lower() == word
        if found:
            self._tokens.pop(0)
        return found

    def _expect(self, sign: str) -> None:
        token = self._next()
        if token != sign:
            raise self._wrong(token)

    @staticmethod
    def _wrong(token: str) -> BadRequestError:
        shown = "a value" if token.startswith("'") else f"'{token}'"
        return BadRequestError(f"Invalid filter clause: {shown} is not expected here.")


def _same(held: object, wanted: object) -> bool:
    """Compares as the directory does: text without regard to case."""
    if isinstance(held, str) and isinstance(wanted, str):
        return held.lower() == wanted.lower()
    return held == wanted
