"""Reads the users of the file."""

from collections.abc import Mapping
from typing import Any

from local.graph.tenant.drafts import OTHER_USER_WORDS, USER_WORDS, UserDraft, flagged, numbered, respelt
from local.graph.tenant.file_faults import FaultList
from local.graph.tenant.link_entries import Links
from local.graph.tenant.method_entries import read_methods
from local.graph.tenant.model import User, derived_id
from local.graph.tenant.phone_entries import read_phones
from local.graph.tenant.properties import property_faults, split
from local.graph.timeline import Timeline

# What an ordinary user of a tenant has, where the file says nothing.
USUAL = {"accountEnabled": True, "userType": "Member"}


def draft_users(entries: object, faults: FaultList) -> list[UserDraft]:
    """Reads the users, without what they refer to."""
    if not isinstance(entries, list):
        faults.add("users must be a list")
        return []
    drafts = [draft for index, entry in numbered(entries) if (draft := _draft(index, entry, faults))]
    _check_unique(drafts, faults)
    return drafts


def _draft(index: int, entry: object, faults: FaultList) -> UserDraft | None:
    if not isinstance(entry, Mapping):
        faults.add(f"user {index} is not an object")
        return None
    given = respelt(entry, USER_WORDS, OTHER_USER_WORDS)
    words = {name: given.pop(name) for name in USER_WORDS if name in given}
    properties, left_aside = split({name: value for name, value in given.items() if not name.startswith("@odata.")})
    name = properties.get("userPrincipalName")
    if not isinstance(name, str) or not name.strip():
        faults.add(f"user {index}{_hint(properties)} has no userPrincipalName")
        return None
    completed = {"id": derived_id(name), **USUAL, "displayName": name, **_given_only(properties)}
    return UserDraft(f"user {index} ({name})", completed, words, left_aside)


def _hint(properties: Mapping[str, Any]) -> str:
    known = properties.get("displayName") or properties.get("employeeId") or properties.get("id")
    return f" ({known})" if known else ""


def _given_only(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Drops an empty id, so that it is derived; everything else may be null on purpose."""
    return {name: value for name, value in properties.items() if name != "id" or value}


def _check_unique(drafts: list[UserDraft], faults: FaultList) -> None:
    for name in ("id", "userPrincipalName"):
        seen: dict[str, str] = {}
        for draft in drafts:
            key = str(draft.properties[name]).lower()
            # A soft-deleted user may have left its name to a new one.
            if name == "userPrincipalName" and draft.words.get("deleted"):
                continue
            if key in seen:
                faults.add(f"{draft.place}: the same {name} as {seen[key]}")
            seen.setdefault(key, draft.place)


def link_users(drafts: list[UserDraft], links: Links) -> list[User]:
    """Makes the users."""
    users = []
    for draft in drafts:
        with links.faults.at(draft.place):
            users.append(_user(draft, links))
    return users


def _user(draft: UserDraft, links: Links) -> User:
    faults, words = links.faults, draft.words
    for fault in property_faults(draft.properties):
        faults.add(fault)
    sms_sign_in = flagged(words, "smsSignIn", faults)
    return User(
        properties=draft.properties,
        phones=Timeline(read_phones(draft, faults, sms_sign_in=sms_sign_in)),
        other_methods=Timeline(read_methods(draft, faults)),
        roles=links.roles(words, "roles"),
        eligible_roles=links.roles(words, "eligibleRoles"),
        groups=links.memberships(words),
        eligible_groups=links.eligible_groups(words),
        owns=links.owned_groups(words),
        scoped_roles=links.scoped_roles(words),
        manager=links.manager(words),
        default_method=links.default_method(words),
        sms_sign_in=sms_sign_in,
        deleted=flagged(words, "deleted", faults),
        left_aside=draft.left_aside,
    )


def user_names(drafts: list[UserDraft]) -> dict[str, str]:
    """Returns the ids of the users by id and by name, lower-cased; a live user's name wins over a deleted one's."""
    names: dict[str, str] = {}
    for draft in sorted(drafts, key=lambda each: not each.words.get("deleted")):
        names[str(draft.properties["userPrincipalName"]).lower()] = draft.id
        names[draft.id.lower()] = draft.id
    return names
