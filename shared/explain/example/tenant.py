"""Finds one user in a tenant file, as the directory would: by id, by name or by employee id."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.directory_user import UserAbsent, UserAmbiguous, UserDeleted, UserState
from shared.explain.example.group import GroupBook
from shared.explain.example.user import state_of, user_id
from shared.explain.example.vocabulary import TENANT, USER
from shared.explain.example.words import ExampleError, Words, read_words
from shared.messages.change_request import UserKey


@dataclass(frozen=True, slots=True)
class _Entry:
    words: Words
    name: str
    deleted: bool

    @property
    def keys(self) -> frozenset[str]:
        """Gives the id and the name, lower-cased."""
        return frozenset({user_id(self.words, self.name).lower(), self.name.lower()})


def find_user(contents: object, key: UserKey, source: str) -> UserState | UserAbsent | UserDeleted | UserAmbiguous:
    """Finds a user in the contents of a tenant file. Raises ExampleError with every fault found.

    Of the other users only the words are checked, not what they say.
    """
    faults: list[str] = []
    whole = read_words(_whole(contents), "the file", TENANT, faults)
    groups = GroupBook()
    for index, entry in enumerate(whole.listed("groups"), 1):
        groups.add(entry, f"group {index}", faults)
    entries = [_entry(index, entry, faults) for index, entry in enumerate(whole.listed("users"), 1)]
    found = _found(entries, key)
    answer = state_of(found.words, groups, found.name) if isinstance(found, _Entry) else found
    if faults:
        raise ExampleError(source, faults)
    return answer


def _whole(contents: object) -> object:
    """Makes one form of the three: an object with users, a page of Graph, a bare list."""
    return {"users": contents} if isinstance(contents, list) else contents


def _entry(index: int, entry: object, faults: list[str]) -> _Entry:
    words = read_words(entry, f"user {index}", USER, faults)
    name = words.text("userPrincipalName")
    if name is None and isinstance(entry, Mapping):
        words.fault("has no userPrincipalName")
    return _Entry(words, name or "", bool(words.flag("deleted", usual=False)))


def _found(entries: list[_Entry], key: UserKey) -> _Entry | UserAbsent | UserDeleted | UserAmbiguous:
    named = [entry for entry in entries if _answers(entry, key)]
    living = [entry for entry in named if not entry.deleted]
    if len(living) > 1:
        return UserAmbiguous(len(living))
    if living:
        return living[0]
    return UserDeleted(user_id(named[0].words, named[0].name)) if named else UserAbsent()


def _answers(entry: _Entry, key: UserKey) -> bool:
    if key.employee_id is not None:
        employee_id = entry.words.text("employeeId")
        return employee_id is not None and employee_id.lower() == key.employee_id.lower()
    return key.value.lower() in entry.keys
