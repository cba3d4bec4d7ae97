"""Reads what a list of directory objects says of groups."""

from collections.abc import Iterable

from msgraph.generated.models.directory_object import DirectoryObject
from msgraph.generated.models.group import Group

from shared.directory_user import DirectoryGroup, Tie
from shared.errors import DirectoryUnavailableError


def groups_among(entries: Iterable[DirectoryObject], tie: Tie) -> tuple[DirectoryGroup, ...]:
    """Gives the groups of a list. Raises TransientError where an entry could be one and does not say so."""
    entries = tuple(entries)
    if not all(entry.odata_type for entry in entries):
        message = "Microsoft Graph lists a directory object without its type: it could be a group or a role."
        raise DirectoryUnavailableError(message)
    return tuple(directory_group(entry, tie) for entry in entries if isinstance(entry, Group))


def directory_group(group: Group, tie: Tie) -> DirectoryGroup:
    """Reads a group. Its id must be there: policy's list of protected groups goes by it."""
    if not group.id:
        message = "Microsoft Graph lists a group without its id."
        raise DirectoryUnavailableError(message)
    return DirectoryGroup(group.id, group.display_name or "", _role_assignable(group), tie)


def _role_assignable(group: Group) -> bool | None:
    """Takes null for no, unless the name is null as well: then the app may not read the group.

    https://learn.microsoft.com/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
    """
    if group.is_assignable_to_role is None and group.display_name is None:
        return None
    return bool(group.is_assignable_to_role)
