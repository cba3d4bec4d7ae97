"""Reads from Bicep text what the tests need: declarations, and the properties of an object. No checker: it believes."""

import re
from collections.abc import Iterator
from pathlib import Path

BICEP = Path(__file__).parent.parent.parent / "bicep"
_TEXT_OR_COMMENT = re.compile(r"'''.*?'''|'(?:\\.|[^'\\\n])*'|//[^\n]*|/\*.*?\*/", re.DOTALL)
_RESOURCE = re.compile(r"^resource (\w+) '([^'@]+)@([^']+)' (existing )?=", re.MULTILINE)
_DECLARED = re.compile(r"^(param|output) (\w+) (.+?)(?: = (.*))?$", re.MULTILINE)
_KEY = re.compile(r"\s*(?:'([^']*)'|([\w.]+))\s*:\s*")
_OPEN, _CLOSE = "{[(", "}])"


def files() -> list[Path]:
    """Gives every Bicep file of the deployment."""
    return sorted(BICEP.rglob("*.bicep"))


def code_of(path: Path) -> str:
    """Gives a file's text without its comments; what stands in quotes stays."""
    return _TEXT_OR_COMMENT.sub(lambda found: "" if found[0].startswith("/") else found[0], path.read_text("utf-8"))


def declared(code: str, kind: str) -> dict[str, tuple[str, str]]:
    """Gives the `param`s or `output`s by name: type, and the first line of the value, "" where there is none."""
    return {name: (type_, value or "") for what, name, type_, value in _DECLARED.findall(code) if what == kind}


def resources(code: str) -> Iterator[tuple[str, str, str]]:
    """Gives the resources that a file deploys: symbol, type without version, and body."""
    for found in _RESOURCE.finditer(code):
        if not found[4]:
            yield found[1], found[2], block(code, found.end())


def block(code: str, start: int) -> str:
    """Gives the text of the first object at or after a place, with its braces."""
    first = code.index("{", start)
    return code[first : _end_of(code, first) + 1]


def properties(text: str) -> dict[str, str]:
    """Gives an object's own properties with the text of their values."""
    found, place = dict[str, str](), 1
    while match := _KEY.match(text, place):
        place = _value_end(text, match.end())
        found[match[1] or match[2]] = text[match.end() : place].strip()
    return found


def object_of(code: str, name: str, word: str = "var") -> dict[str, str]:
    """Gives the properties of a variable, parameter or type that is an object."""
    start = re.search(rf"^{word} {name}\b[^\n{{]*", code, re.MULTILINE)
    assert start, f"there is no {word} {name}"
    return properties(block(code, start.start()))


def _end_of(code: str, first: int) -> int:
    depth = 0
    for place, sign in _signs(code, first):
        depth += (sign in _OPEN) - (sign in _CLOSE)
        if depth == 0:
            return place
    message = "an object does not end"
    raise AssertionError(message)


def _value_end(text: str, start: int) -> int:
    depth = 0
    for place, sign in _signs(text, start):
        depth += (sign in _OPEN) - (sign in _CLOSE)
        if depth < 0 or (depth == 0 and sign == "\n" and not _goes_on(text, place)):
            return place
    return len(text)


def _goes_on(text: str, place: int) -> bool:
    return re.match(r"\s*(?:[?:.&|+]|&&|\|\|)", text[place:]) is not None


def _signs(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Gives the signs outside of quotes."""
    quoted = {found.start(): found.end() for found in _TEXT_OR_COMMENT.finditer(text)}
    place = start
    while place < len(text):
        if place in quoted:
            place = quoted[place]
        else:
            yield place, text[place]
            place += 1
