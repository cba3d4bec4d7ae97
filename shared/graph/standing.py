"""What may protect a user: roles and groups, put together from several sources of which Graph may refuse each."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus

from shared.directory_user import DirectoryGroup, DirectoryRole, Holding, Undetermined
from shared.errors import DirectoryRefusedError

# A permission that is missing, and a licence: PIM answers 400 `AadPremiumLicenseRequired` without Entra ID P2.
_REFUSALS = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class Standing:
    """The roles and groups of a user that one source tells, or all of them."""

    roles: tuple[DirectoryRole, ...] = ()
    groups: tuple[DirectoryGroup, ...] = ()
    undetermined: frozenset[Undetermined] = frozenset()


async def or_undetermined(read: Callable[[], Awaitable[Standing]], what: Undetermined) -> Standing:
    """Reads one source; where Graph refuses it, that is what is known. Raises TransientError, and other refusals."""
    try:
        return await read()
    except DirectoryRefusedError as fault:
        if not leaves_undetermined(fault):
            raise
        return Standing(undetermined=frozenset({what}))


def leaves_undetermined(fault: DirectoryRefusedError) -> bool:
    """Says whether Graph refuses to tell for want of a permission or a licence."""
    return fault.status in _REFUSALS


def joined(parts: Iterable[Standing]) -> Standing:
    """Puts the sources together. A role that more than one of them names is there once."""
    parts = tuple(parts)
    return Standing(
        roles=_distinct(role for part in parts for role in part.roles),
        groups=tuple(group for part in parts for group in part.groups),
        undetermined=frozenset(what for part in parts for what in part.undetermined),
    )


def _distinct(roles: Iterable[DirectoryRole]) -> tuple[DirectoryRole, ...]:
    found: dict[tuple[str, Holding], DirectoryRole] = {}
    for role in roles:
        key = (role.template_id.lower() or role.name, role.holding)
        if key not in found or not found[key].name:
            found[key] = role
    return tuple(found.values())
