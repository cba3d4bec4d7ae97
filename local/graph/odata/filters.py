"""$filter: `eq`, `ne`, `in`, `and`, `or`, `not`, brackets, `startsWith` and `endsWith` on the properties of a row."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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
    """A filter ready for use; `advanced` where the directory answers it only with ConsistencyLevel and $count.

    Of each property that `narrowed` names, every row that matches has one of the values, lower-cased.
    """

    matches: Predicate
    advanced: bool
    narrowed: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class _Term:
    """A part of a filter, narrowed as the whole is."""

    matches: Predicate
    narrowed: Mapping[str, frozenset[str]] = field(default_factory=dict)


def parse_filter(text: str, properties: Mapping[str, object], type_name: str) -> Filter:
    """Reads a filter over the named properties of one of Graph's types."""
    reader = _Reader(_tokens(text), {name.lower(): name for name in properties}, type_name)
    whole = reader.either()
    reader.expect_end()
    return Filter(whole.matches, reader.advanced, whole.narrowed)


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

    def either(self) -> _Term:
        """Reads terms joined by `or`."""
        terms = [self._both()]
        while self._take("or"):
            terms.append(self._both())
        return terms[0] if len(terms) == 1 else _any_of(terms)

    def expect_end(self) -> None:
        """Refuses what follows a whole filter."""
        if self._tokens:
            raise self._wrong(self._tokens[0])

    def _both(self) -> _Term:
        terms = [self._negated()]
        while self._take("and"):
            terms.append(self._negated())
        return terms[0] if len(terms) == 1 else _all_of(terms)

    def _negated(self) -> _Term:
        if not self._take("not"):
            return self._term()
        self.advanced = True
        inner = self._negated()
        return _Term(lambda row: not inner.matches(row))

    def _term(self) -> _Term:
        if self._take("("):
            inner = self.either()
            self._expect(")")
            return inner
        name = self._next()
        if name.lower() in FUNCTIONS:
            return self._call(name.lower())
        return self._comparison(self._property(name))

    def _call(self, function: str) -> _Term:
        self.advanced |= function == "endswith"
        self._expect("(")
        name = self._property(self._next())
        self._expect(",")
        wanted = str(self._value()).lower()
        self._expect(")")
        return _Term(lambda row: FUNCTIONS[function](str(row.get(name) or "").lower(), wanted))

    def _comparison(self, name: str) -> _Term:
        operator = self._next().lower()
        if operator == "eq":
            return _one_of(name, [self._value()])
        if operator == "ne":
            self.advanced = True
            unwanted = self._value()
            return _Term(lambda row: not _same(row.get(name), unwanted))
        if operator == "in":
            return _one_of(name, self._list())
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


def _one_of(name: str, choices: Sequence[object]) -> _Term:
    texts = frozenset(choice.lower() for choice in choices if isinstance(choice, str))
    narrowed = {name: texts} if all(isinstance(choice, str) for choice in choices) else {}
    return _Term(lambda row: any(_same(row.get(name), choice) for choice in choices), narrowed)


def _any_of(terms: Sequence[_Term]) -> _Term:
    named = [name for name in terms[0].narrowed if all(name in term.narrowed for term in terms)]
    narrowed = {name: frozenset[str]().union(*(term.narrowed[name] for term in terms)) for name in named}
    return _Term(lambda row: any(term.matches(row) for term in terms), narrowed)


def _all_of(terms: Sequence[_Term]) -> _Term:
    narrowed = {name: values for term in reversed(terms) for name, values in term.narrowed.items()}
    return _Term(lambda row: all(term.matches(row) for term in terms), narrowed)


def _same(held: object, wanted: object) -> bool:
    """Compares as the directory does: text without regard to case."""
    if isinstance(held, str) and isinstance(wanted, str):
        return held.lower() == wanted.lower()
    return held == wanted
