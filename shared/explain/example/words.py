"""The words of an example: each is known, or the example is refused.

A misspelt `roles` must not read as a user without roles.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_IGNORED = ("@odata.", "extension_")


class ExampleError(ValueError):
    """An example cannot be read; the message lists every fault."""

    def __init__(self, source: str, faults: Iterable[str]) -> None:
        lines = list(faults)
        count = "1 fault" if len(lines) == 1 else f"{len(lines)} faults"
        super().__init__("\n".join([f"{source} has {count}:", *(f"  {line}" for line in lines)]))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that an object may have, other names of some of them, and what such an object is called."""

    thing: str
    words: frozenset[str]
    others: Mapping[str, str]

    def word(self, name: str) -> str | None:
        """Gives a word in our spelling; a PowerShell export writes them with capitals."""
        spelling = {word.lower(): word for word in self.words} | dict(self.others)
        return spelling.get(name.lower())

    def nearest(self, name: str) -> str:
        """Gives the word that was probably meant, as the end of a sentence."""
        found = difflib.get_close_matches(name, sorted(self.words), n=1)
        return f"; did you mean {found[0]}?" if found else ""


@dataclass(frozen=True, slots=True)
class Words:
    """One object of an example, where it stands, and the list that its faults go to."""

    place: str
    values: Mapping[str, object]
    faults: list[str]

    def fault(self, text: str) -> None:
        """Notes a fault."""
        self.faults.append(f"{self.place}: {text}")

    def text(self, word: str) -> str | None:
        """Gives a text; None where there is none, or an empty one."""
        value = self.values.get(word)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value is not None and not isinstance(value, str):
            self.fault(f"{word} must be a text")
            return None
        return value.strip() or None if value else None

    def flag(self, word: str, *, usual: bool) -> bool | None:
        """Gives a yes or no: what is usual where the word is left out, None where it is null."""
        value = self.values.get(word, usual)
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        if value is None or isinstance(value, bool):
            return value
        self.fault(f"{word} must be true or false")
        return None

    def listed(self, word: str) -> list[object]:
        """Gives what a word lists; one thing alone counts as a list of one, a page of Graph as its values."""
        value = self.values.get(word)
        if isinstance(value, Mapping) and "value" in value:
            value = value["value"]
        if value is None:
            return []
        if isinstance(value, str | Mapping):
            return [value]
        if isinstance(value, list):
            return value
        self.fault(f"{word} must be a list")
        return []


def read_words(entry: object, place: str, known: Vocabulary, faults: list[str]) -> Words:
    """Reads an object's words; what is no object, and every word that nobody knows, is a fault."""
    words = Words(place, values := {}, faults)
    if not isinstance(entry, Mapping):
        words.fault("must be an object")
        return words
    for name, value in entry.items():
        if str(name).lower().startswith(_IGNORED):
            continue
        word = known.word(str(name))
        if word is None:
            words.fault(f"{name} is no word of {known.thing}{known.nearest(str(name))}")
        elif word in values:
            words.fault(f"{word} stands there more than once")
        else:
            values[word] = value
    return words


def named(entry: object, *keys: str) -> str | None:
    """Gives the name in an entry, which is the name itself or an object that has it under one of the keys."""
    if isinstance(entry, str):
        return entry.strip() or None
    if isinstance(entry, Mapping):
        lowered = {str(key).lower(): value for key, value in entry.items()}
        return next((str(lowered[key.lower()]) for key in keys if lowered.get(key.lower())), None)
    return None
