"""Whom policy protects, in the whole tenant: role holders, the people of groups, and policy's own list.

The judgement is the one that a change is decided by, asked from the other side. Members of restricted management units
are not here: the list of users says who they are.
"""

from collections.abc import Iterable
from functools import partial

from msgraph.graph_service_client import GraphServiceClient

from shared.compliance.rows import Protection
from shared.directory_user import Undetermined
from shared.graph.calls import GraphCalls
from shared.graph.sweeping.reasons import Reason, Refusals, people_of, side_by_side
from shared.graph.sweeping.role_holders import GraphRoleHolders, RoleHolder
from shared.graph.sweeping.watched_groups import GraphWatchedGroups, WatchedGroup
from shared.graph.users import GraphUsers
from shared.policy.model import Policy
from shared.policy.words import is_guid

_LISTED = "on policy's list"


class GraphProtectionReader:
    """Reads it whole, from what may be read: each part that Graph refuses is named."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls, rules: Policy) -> None:
        self._protected = rules.protected_users
        self._roles = GraphRoleHolders(client, calls, rules)
        self._groups = GraphWatchedGroups(client, calls)
        self._users = GraphUsers(client, calls)

    async def read(self) -> Protection:
        """Reads everyone whom policy protects. Raises TransientError."""
        refusals, eligible = Refusals(), self._protected.eligible_roles
        holders = await self._role_holders(refusals)
        groups = _watched(await self._named_groups(refusals), holders)
        through = (self._groups.people_of(group, refusals, eligible=eligible) for group in groups.values())
        reasons = [
            *(
                Reason(holder.id, phrase)
                for holder in holders
                if _key(holder) not in groups
                for phrase in holder.phrases
            ),
            *await side_by_side(through),
            *await self._listed_users(refusals),
        ]
        return Protection(people_of(reasons), frozenset(refusals.undetermined))

    async def _role_holders(self, refusals: Refusals) -> list[RoleHolder]:
        found = await refusals.or_none(self._roles.active, Undetermined.ROLE_ASSIGNMENTS)
        if self._protected.eligible_roles:
            found += await refusals.or_none(self._roles.eligible, Undetermined.ELIGIBLE_ROLES)
        return found

    async def _named_groups(self, refusals: Refusals) -> list[WatchedGroup]:
        """Gives the groups that protect by themselves: role-assignable ones, and those on policy's list."""
        found = []
        if self._protected.role_assignable_groups:
            missing = {Undetermined.MEMBERSHIPS, Undetermined.OWNED_GROUPS}
            missing |= {Undetermined.ELIGIBLE_GROUPS} if self._protected.eligible_roles else set()
            found += await refusals.or_none(self._groups.role_assignable, *missing)
        return found + await side_by_side(map(self._groups.listed, self._protected.groups))

    async def _listed_users(self, refusals: Refusals) -> list[Reason]:
        found = [Reason(name, _LISTED) for name in self._protected.users if is_guid(name)]
        for name in self._protected.users:
            if not is_guid(name):
                found += await refusals.or_none(partial(self._by_name, name), Undetermined.MEMBERSHIPS)
        return found

    async def _by_name(self, name: str) -> list[Reason]:
        """Finds a user on policy's list who goes by name; one who is not in the directory is nobody."""
        user = await self._users.user(name)
        return [Reason(user.id, _LISTED)] if user else []


def _watched(named: Iterable[WatchedGroup], holders: Iterable[RoleHolder]) -> dict[str, WatchedGroup]:
    """Gives each group once, with all that policy goes by; a holder whom Graph shows as nothing may be one of them."""
    groups: dict[str, WatchedGroup] = {}
    for group in named:
        groups[group.id.casefold()] = group.joined_with(groups.get(group.id.casefold(), group))
    for holder in holders:
        if holder.is_group or _key(holder) in groups:
            group = WatchedGroup(holder.id, holder.name, holder.phrases)
            groups[_key(holder)] = groups.get(_key(holder), group).joined_with(group)
    return groups


def _key(holder: RoleHolder) -> str:
    return holder.id.casefold()
