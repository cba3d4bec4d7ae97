"""Tells which of the groups that policy goes by a user owns: who owns a group decides who is in it."""

from collections.abc import Iterable

from msgraph.graph_service_client import GraphServiceClient

from shared.graph.calls import GraphCalls
from shared.graph.group_owners import GraphGroupOwners, owner_key
from shared.graph.kept_reading import KeptReading
from shared.graph.standing import Standing

# Asking every group costs up to 501 calls, and one for each group on policy's list: too many for every change. Read
# anew in the second half of this time they are fewer than four a second, even in the largest tenant.
LONGEST_AGE = 300.0


class GraphOwnedGroups:
    """Owners of role-assignable groups and of those that policy lists, as this worker read them of late.

    Whoever became an owner after that is not seen for up to LONGEST_AGE seconds; neither is who ceased to be one.
    """

    def __init__(self, client: GraphServiceClient, calls: GraphCalls, listed_groups: Iterable[str]) -> None:
        owners = GraphGroupOwners(client, calls, listed_groups)
        self._owners = KeptReading(owners.read, calls.clock, "the owners of groups", LONGEST_AGE)

    async def of(self, user_id: str) -> Standing:
        """Gives the groups; waits where they must be read first. Raises TransientError, DirectoryRefusedError."""
        owners = await self._owners.get()
        return Standing(groups=owners.get(owner_key(user_id), ()))

    async def close(self) -> None:
        """Ends the reading that is under way."""
        await self._owners.close()
