"""Reads one user of an example as all that a decision knows of a user."""

from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from shared.directory_user import (
    DirectoryRole,
    DirectoryUser,
    Holding,
    Tie,
    Undetermined,
    UserState,
)
from shared.explain.example.group import ExampleGroup, GroupBook, derived_id, is_group, is_role
from shared.explain.example.method import read_others, read_phones
from shared.explain.example.role import read_role
from shared.explain.example.vocabulary import USER
from shared.explain.example.words import ExampleError, Words, read_words
from shared.messages.change_request import Timestamp

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Timestamp)
# Where nobody says otherwise.
_SOMEBODY = "user@contoso.example"


def example_user(fields: object, source: str) -> UserState:
    """Reads a user who stands alone, without a tenant; a name may be left out. Raises ExampleError."""
    faults: list[str] = []
    words = read_words(fields, "user", USER, faults)
    state = state_of(words, GroupBook(), words.text("userPrincipalName") or _SOMEBODY)
    if faults:
        raise ExampleError(source, faults)
    return state


def state_of(words: Words, groups: GroupBook, name: str) -> UserState:
    """Reads a user's words; faults go to the words' list."""
    user = _user(words, name)
    by_tie = _groups(words, groups, user)
    return UserState(
        user,
        read_phones(words, user.usage_location),
        (*_roles(words), *(role for each in by_tie[Tie.MEMBER] for role in each.roles)),
        read_others(words),
        tuple(replace(each.group, tie=tie) for tie, found in by_tie.items() for each in found),
        _undetermined(words),
    )


def user_id(words: Words, name: str) -> str:
    """Gives a user's object id, given or derived."""
    return words.text("id") or derived_id(name)


def _user(words: Words, name: str) -> DirectoryUser:
    location = words.text("usageLocation")
    user_type = words.text("userType") if "userType" in words.values else "member"
    return DirectoryUser(
        id=user_id(words, name),
        user_principal_name=name,
        display_name=words.text("displayName") or name,
        mail=words.text("mail"),
        usage_location=location.upper() if location else None,
        preferred_language=words.text("preferredLanguage"),
        account_enabled=words.flag("accountEnabled", usual=True),
        management_restricted=bool(words.flag("isManagementRestricted", usual=False)),
        user_type=user_type.lower() if user_type else None,
        password_changed_at=_moment(words, "lastPasswordChangeDateTime"),
    )


def _moment(words: Words, word: str) -> datetime | None:
    text = words.text(word)
    try:
        return _MOMENT.validate_python(text) if text else None
    except ValidationError:
        words.fault(f"{word} must be an RFC 3339 date and time with an offset, such as 2026-11-23T09:30:00Z")
        return None


def _roles(words: Words) -> tuple[DirectoryRole, ...]:
    active = [*words.listed("roles"), *words.listed("scopedRoles")]
    active += [entry for entry in words.listed("memberOf") if is_role(entry)]
    read = [read_role(entry, Holding.ACTIVE, words) for entry in active]
    read += [read_role(entry, Holding.ELIGIBLE, words) for entry in words.listed("eligibleRoles")]
    return tuple(role for role in read if role)


def _groups(words: Words, groups: GroupBook, user: DirectoryUser) -> dict[Tie, tuple[ExampleGroup, ...]]:
    """Reads the groups by what binds the user to them; a group's own list of members and owners counts as well."""
    own = frozenset({user.id.lower(), user.user_principal_name.lower()})
    entries = {
        Tie.MEMBER: [entry for entry in words.listed("memberOf") if not is_role(entry)],
        Tie.OWNER: [entry for entry in words.listed("owns") if is_group(entry)],
        Tie.POSSIBLE: words.listed("eligibleMemberOf"),
    }
    place = f"{words.place}, group"
    named = {tie: [groups.add(entry, place, words.faults) for entry in listed] for tie, listed in entries.items()}
    owned = {each.group.id: each for each in (*named[Tie.OWNER], *groups.owned_by(own))}
    member_of = groups.of(own, tuple(named[Tie.MEMBER]))
    return {Tie.MEMBER: member_of, Tie.OWNER: tuple(owned.values()), Tie.POSSIBLE: tuple(named[Tie.POSSIBLE])}


def _undetermined(words: Words) -> frozenset[Undetermined]:
    """What Graph refuses to tell of the user, for cases that try what happens then."""
    found = set()
    for entry in words.listed("undetermined"):
        if entry in list(Undetermined):
            found.add(Undetermined(str(entry)))
        else:
            words.fault(f"undetermined may name {', '.join(Undetermined)}")
    return frozenset(found)
