"""Users and groups as the file has them, before names are turned into ids."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from local.graph.tenant.file_faults import FaultList

# What a user has in the file besides Graph's properties, in the spelling that the rest of the code uses.
USER_WORDS = (
    "phoneMethods",
    "methods",
    "roles",
    "eligibleRoles",
    "scopedRoles",
    "memberOf",
    "eligibleMemberOf",
    "owns",
    "manager",
    "defaultMethod",
    "smsSignIn",
    "deleted",
    "authentication",
)
OTHER_USER_WORDS = {
    "upn": "userPrincipalName",
    "authenticationmethods": "methods",
    "groups": "memberOf",
    "transitivememberof": "memberOf",
    "ownedobjects": "owns",
    "defaultmfamethod": "defaultMethod",
    "userpreferredmethodforsecondaryauthentication": "defaultMethod",
}
GROUP_WORDS = ("id", "displayName", "isAssignableToRole", "roles", "eligibleRoles", "memberOf", "members", "owners")


def respelt(given: Mapping[str, Any], words: tuple[str, ...], others: Mapping[str, str]) -> dict[str, Any]:
    """Returns the object with our words in our spelling; a PowerShell export writes them with capitals."""
    spelling = _spelling(words, tuple(others.items()))
    return {spelling.get(name.lower(), name): value for name, value in given.items()}


@cache
def _spelling(words: tuple[str, ...], others: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {word.lower(): word for word in words} | dict(others)


@dataclass
class UserDraft:
    """A user of the file: where it stands, its Graph properties, and our words, unread."""

    place: str
    properties: dict[str, Any]
    words: dict[str, Any]
    left_aside: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The object id, given or derived."""
        return str(self.properties["id"])


@dataclass
class GroupDraft:
    """A group of the file."""

    place: str
    id: str
    display_name: str
    words: dict[str, Any]
    properties: dict[str, Any] = field(default_factory=dict)


def listed(words: Mapping[str, Any], word: str, faults: FaultList) -> list[Any]:
    """Returns what a word lists; one thing alone counts as a list of one, a page of Graph as its values."""
    value = words.get(word)
    if isinstance(value, Mapping) and "value" in value:
        value = value["value"]
    if value is None:
        return []
    if isinstance(value, (str, Mapping)):
        return [value]
    if isinstance(value, list):
        return value
    faults.add(f"{word} must be a list")
    return []


def named(entry: object, *keys: str) -> str | None:
    """Returns the name in an entry, which is the name itself or an object that has it under one of the keys."""
    if isinstance(entry, str):
        return entry.strip() or None
    if isinstance(entry, Mapping):
        lowered = {key.lower(): value for key, value in entry.items()}
        return next((str(lowered[key.lower()]) for key in keys if lowered.get(key.lower())), None)
    return None


def flagged(words: Mapping[str, Any], word: str, faults: FaultList) -> bool:
    """Reads a word that is true or false."""
    value = words.get(word)
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    faults.add(f"{word} must be true or false")
    return False


def numbered[T](entries: list[T]) -> Iterator[tuple[int, T]]:
    """Counts as people do, from 1."""
    return enumerate(entries, 1)
