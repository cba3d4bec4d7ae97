"""Who holds the roles that policy protects, or may activate them (PIM), in the whole tenant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.role_management.directory.role_assignments.role_assignments_request_builder import (
    RoleAssignmentsRequestBuilder,
)
from msgraph.generated.role_management.directory.role_eligibility_schedules import (
    role_eligibility_schedules_request_builder as eligibility,
)
from msgraph.graph_service_client import GraphServiceClient

from shared.directory_user import DirectoryRole, Holding
from shared.errors import DirectoryRefusedError
from shared.graph.calls import GraphCalls
from shared.graph.role_assignments import roles_by_id
from shared.graph.sweeping.json_calls import Row, text_of
from shared.graph.sweeping.lists import GraphLists, identified
from shared.policy.model import Policy
from shared.policy.protected_roles import protected_among

# Graph expands one property of an assignment at a time. The role's definition is read beside it.
_PRINCIPAL = ["principal"]
_TYPE = "@odata.type"
_USER, _GROUP = "#microsoft.graph.user", "#microsoft.graph.group"
_VERBS = {Holding.ACTIVE: "holds", Holding.ELIGIBLE: "may activate"}

type Definitions = Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class RoleHolder:
    """A user or a group who holds protected roles; `phrases` say which and how: `holds Global Administrator`."""

    id: str
    phrases: tuple[str, ...]
    is_group: bool
    # The group's name.
    name: str = ""


class GraphRoleHolders:
    """Assignments of roles, also custom ones and those of an administrative unit, and eligibilities for them."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls, rules: Policy) -> None:
        self._directory = client.role_management.directory
        self._lists = GraphLists(client, calls)
        self._rules = rules

    async def active(self) -> list[RoleHolder]:
        """Reads who holds a protected role now. Raises TransientError, DirectoryRefusedError."""
        parameters = RoleAssignmentsRequestBuilder.RoleAssignmentsRequestBuilderGetQueryParameters(expand=_PRINCIPAL)
        request = RequestConfiguration(query_parameters=parameters)
        rows = await self._lists.whole(self._directory.role_assignments.to_get_request_information(request))
        return self._holders(rows, Holding.ACTIVE, await self._definitions())

    async def eligible(self) -> list[RoleHolder]:
        """Reads who may activate a protected role. Raises TransientError, DirectoryRefusedError."""
        builder = eligibility.RoleEligibilitySchedulesRequestBuilder
        parameters = builder.RoleEligibilitySchedulesRequestBuilderGetQueryParameters(expand=_PRINCIPAL)
        request = RequestConfiguration(query_parameters=parameters)
        rows = await self._lists.whole(self._directory.role_eligibility_schedules.to_get_request_information(request))
        return self._holders(rows, Holding.ELIGIBLE, await self._definitions())

    async def _definitions(self) -> Definitions:
        """Reads what roles are called; where Graph refuses that, they go by their ids, as they do for a change."""
        try:
            found = await self._lists.whole(self._directory.role_definitions.to_get_request_information())
        except DirectoryRefusedError:
            return {}
        return {text_of(definition, "id"): definition for definition in found}

    def _holders(self, rows: Iterable[Row], holding: Holding, definitions: Definitions) -> list[RoleHolder]:
        holders = []
        for row in rows:
            names = dict.fromkeys(protected_among(_roles(row, holding, definitions), self._rules))
            phrases = tuple(f"{_VERBS[holding]} {name}" for name in names)
            if phrases and (holder := _holder(row, phrases)):
                holders.append(holder)
        return holders


def _roles(row: Row, holding: Holding, definitions: Definitions) -> list[DirectoryRole]:
    role_id = text_of(row, "roleDefinitionId")
    definition = definitions.get(role_id, {})
    return roles_by_id((text_of(definition, "templateId"), role_id), text_of(definition, "displayName"), holding)


def _holder(row: Row, phrases: tuple[str, ...]) -> RoleHolder | None:
    """Gives whom a role is given to; None for an application. What Graph does not show is supposed to be a user."""
    holder_id, shown = identified(row, "principalId"), row.get("principal")
    principal: Row = shown if isinstance(shown, dict) else {}
    kind = text_of(principal, _TYPE)
    if kind not in {"", _USER, _GROUP}:
        return None
    return RoleHolder(holder_id, phrases, kind == _GROUP, text_of(principal, "displayName") if kind == _GROUP else "")
