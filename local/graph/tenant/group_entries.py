"""Reads the groups of the file."""

from collections.abc import Mapping
from typing import Any

from local.graph.tenant.drafts import GROUP_WORDS, GroupDraft, flagged, listed, named, numbered, respelt
from local.graph.tenant.file_faults import FaultList
from local.graph.tenant.link_entries import Links
from local.graph.tenant.model import Group, User, derived_id


def draft_groups(entries: object, faults: FaultList) -> list[GroupDraft]:
    """Reads the groups, without what they refer to."""
    if not isinstance(entries, list):
        faults.add("groups must be a list")
        return []
    drafts = [draft for index, entry in numbered(entries) if (draft := _draft(index, entry, faults))]
    _check_unique(drafts, faults)
    return drafts


def _draft(index: int, entry: object, faults: FaultList) -> GroupDraft | None:
    if isinstance(entry, str):
        entry = {"displayName": entry}
    given = respelt(entry, GROUP_WORDS, {"name": "displayName"}) if isinstance(entry, Mapping) else {}
    name = named(given, "displayName", "id")
    if not name:
        faults.add(f"group {index} has no displayName")
        return None
    rest = {key: value for key, value in given.items() if key not in GROUP_WORDS and not key.startswith("@odata.")}
    group_id = str(given.get("id") or derived_id("group", name))
    return GroupDraft(f"group {index} ({name})", group_id, name, given, rest)


def _check_unique(drafts: list[GroupDraft], faults: FaultList) -> None:
    seen: dict[str, str] = {}
    for draft in drafts:
        if draft.id.lower() in seen:
            faults.add(f"{draft.place}: the same group as {seen[draft.id.lower()]}")
        seen.setdefault(draft.id.lower(), draft.place)


def link_groups(drafts: list[GroupDraft], links: Links) -> None:
    """Makes the groups, with their roles and the groups that they are in."""
    for draft in drafts:
        links.declare(draft)
    for draft in drafts:
        with links.faults.at(draft.place):
            links.groups[draft.id] = _group(draft, links)


def _group(draft: GroupDraft, links: Links) -> Group:
    roles, eligible = links.roles(draft.words, "roles"), links.roles(draft.words, "eligibleRoles")
    return Group(
        id=draft.id,
        display_name=draft.display_name,
        # Only a role-assignable group can hold a role, so one that does needs no further word.
        assignable_to_role=flagged(draft.words, "isAssignableToRole", links.faults) or bool(roles or eligible),
        roles=roles,
        eligible_roles=eligible,
        groups=links.memberships(draft.words),
        properties=draft.properties,
    )


def link_members(drafts: list[GroupDraft], links: Links, users: Mapping[str, User]) -> None:
    """Puts the users that a group lists as members into it, and gives it to those that it lists as owners."""
    for draft in drafts:
        with links.faults.at(draft.place):
            for entry in listed(draft.words, "members", links.faults):
                _add_member(draft, entry, links, users)
            for entry in listed(draft.words, "owners", links.faults):
                _add_owner(draft, entry, links, users)


def _add_member(draft: GroupDraft, entry: Any, links: Links, users: Mapping[str, User]) -> None:  # noqa: ANN401 - unread JSON
    name = named(entry, "id", "userPrincipalName")
    user_id = links.user_named(name) if name else None
    if user_id:
        user = users[user_id]
        user.groups = tuple(dict.fromkeys([*user.groups, draft.id]))
    elif name and name.lower() in links.group_ids:
        inner = links.groups[links.group_ids[name.lower()]]
        inner.groups = tuple(dict.fromkeys([*inner.groups, draft.id]))
    else:
        links.faults.add(f"member '{name or '(without a name)'}' is no user or group of this file")


def _add_owner(draft: GroupDraft, entry: Any, links: Links, users: Mapping[str, User]) -> None:  # noqa: ANN401 - unread JSON
    name = named(entry, "id", "userPrincipalName")
    user_id = links.user_named(name) if name else None
    if user_id:
        user = users[user_id]
        user.owns = tuple(dict.fromkeys([*user.owns, draft.id]))
    else:
        links.faults.add(f"owner '{name or '(without a name)'}' is no user of this file")
