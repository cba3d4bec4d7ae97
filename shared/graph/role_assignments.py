"""Reads the roles that are assigned to a user directly: active ones, and those that the user may activate (PIM).

Memberships show neither custom roles, nor those of an administrative unit, nor eligible ones.
"""

from collections.abc import Iterable

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.unified_role_assignment import UnifiedRoleAssignment
from msgraph.generated.models.unified_role_eligibility_schedule import UnifiedRoleEligibilitySchedule
from msgraph.generated.role_management.directory.role_assignments.role_assignments_request_builder import (
    RoleAssignmentsRequestBuilder,
)
from msgraph.generated.role_management.directory.role_eligibility_schedules import (
    role_eligibility_schedules_request_builder as eligibility,
)
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import DirectoryRole, Holding
from shared.graph.calls import GraphCalls
from shared.graph.odata import quoted
from shared.graph.pages import GraphPages
from shared.graph.standing import Standing

_DEFINITION = ["roleDefinition"]


class GraphRoleAssignments:
    """Role assignments by their holder. What a group of the user's holds is not among them."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._directory = client.role_management.directory
        self._pages = GraphPages(client, calls)

    async def active_of(self, user_id: str) -> Standing:
        """Reads the active roles. Raises TransientError."""
        parameters = RoleAssignmentsRequestBuilder.RoleAssignmentsRequestBuilderGetQueryParameters(
            filter=of_holder(user_id), expand=_DEFINITION
        )
        request = RequestConfiguration(query_parameters=parameters)
        return _standing(await self._pages.read(self._directory.role_assignments, request), Holding.ACTIVE)

    async def eligible_of(self, user_id: str) -> Standing:
        """Reads the roles that may be activated. Raises TransientError."""
        builder = eligibility.RoleEligibilitySchedulesRequestBuilder
        parameters = builder.RoleEligibilitySchedulesRequestBuilderGetQueryParameters(
            filter=of_holder(user_id), expand=_DEFINITION
        )
        request = RequestConfiguration(query_parameters=parameters)
        return _standing(await self._pages.read(self._directory.role_eligibility_schedules, request), Holding.ELIGIBLE)


def of_holder(user_id: str) -> str:
    """Gives the filter that scopes assignments and eligibilities to whom they are given."""
    return f"principalId eq {quoted(user_id)}"


def _standing(rows: Iterable[UnifiedRoleAssignment | UnifiedRoleEligibilitySchedule], holding: Holding) -> Standing:
    return Standing(tuple(role for row in rows for role in _roles(row, holding)))


def roles_by_id(ids: Iterable[str | None], name: str, holding: Holding) -> list[DirectoryRole]:
    """Gives a role under each id that policy may name it by; one that Graph does not tell stays, without id and name.

    A built-in role's definition has the id of its template. That of a custom role may have a template id besides.
    """
    return [DirectoryRole(each, name, holding) for each in dict.fromkeys(filter(None, ids)) or [""]]


def _roles(row: UnifiedRoleAssignment | UnifiedRoleEligibilitySchedule, holding: Holding) -> list[DirectoryRole]:
    definition = row.role_definition
    template_id, definition_id = (definition.template_id, definition.id) if definition else (None, None)
    name = (definition.display_name if definition else None) or ""
    return roles_by_id((template_id, definition_id, row.role_definition_id), name, holding)
