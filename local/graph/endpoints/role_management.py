"""/roleManagement/directory: definitions, active assignments, PIM-eligible schedules. Direct ones only, as in Graph."""

from collections.abc import Iterator
from typing import Any

from local.graph.endpoints.call import Call
from local.graph.endpoints.memberships import defaults, principals
from local.graph.endpoints.users import ALWAYS
from local.graph.errors import BadRequestError
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection
from local.graph.odata.selection import pick
from local.graph.tenant.model import Group, ScopedRole, Tenant, User, derived_id
from local.graph.tenant.properties import user_properties
from local.graph.tenant.roles import Role

EVERYWHERE = "/"
# An eligibility without an end, as an administrator gives it.
PERMANENT = {
    "status": "Provisioned",
    "memberType": "Direct",
    "scheduleInfo": {
        "startDateTime": "2026-01-01T00:00:00Z",
        "recurrence": None,
        "expiration": {"type": "noExpiration", "endDateTime": None, "duration": None},
    },
}
EXPANSIONS = ("principal", "roleDefinition")


def list_definitions(call: Call) -> Answer:
    """GET roleDefinitions. A built-in role's id is its template id."""
    rows = [_definition(role) for role in call.state.tenant.roles]
    return _answer(call, "unifiedRoleDefinition", "roleDefinitions", rows)


def list_assignments(call: Call) -> Answer:
    """GET roleAssignments: active, of users and of groups themselves."""
    holders = _holders(call.state.tenant)
    rows = [_assignment("assignment", holder, role_id) for holder in holders for role_id in holder.roles]
    for user in call.state.tenant.live_users():
        rows += [_scoped(user, role) for role in user.scoped_roles]
    return _answer(call, "unifiedRoleAssignment", "roleAssignments", _expanded(call, rows))


def list_eligibility_schedules(call: Call) -> Answer:
    """GET roleEligibilitySchedules: roles that their holder may activate."""
    holders = _holders(call.state.tenant)
    rows = [_assignment("eligibility", holder, role_id) for holder in holders for role_id in holder.eligible_roles]
    schedules = [{**row, **PERMANENT} for row in rows]
    return _answer(call, "unifiedRoleEligibilitySchedule", "roleEligibilitySchedules", _expanded(call, schedules))


def _answer(call: Call, type_name: str, name: str, rows: list[JsonObject]) -> Answer:
    properties = {each: value for each, value in defaults(type_name).items() if each not in EXPANSIONS}
    listed = ListType(type_name, f"roleManagement/directory/{name}", properties, expanded=EXPANSIONS)
    return collection(call.request, call.options, listed, rows)


def _holders(tenant: Tenant) -> Iterator[User | Group]:
    yield from tenant.live_users()
    yield from tenant.groups.values()


def _assignment(kind: str, holder: User | Group, role_id: str) -> JsonObject:
    return {
        "id": derived_id(kind, holder.id, role_id),
        "principalId": holder.id,
        "roleDefinitionId": role_id,
        "directoryScopeId": EVERYWHERE,
        "appScopeId": None,
    }


def _scoped(user: User, role: ScopedRole) -> JsonObject:
    row = _assignment(f"assignment for {role.administrative_unit}", user, role.role_id)
    return {**row, "directoryScopeId": f"/administrativeUnits/{role.administrative_unit}"}


def _definition(role: Role) -> JsonObject:
    return {
        "id": role.template_id,
        "displayName": role.display_name,
        "isBuiltIn": role.built_in,
        "isEnabled": True,
        "resourceScopes": [EVERYWHERE],
        "templateId": role.template_id,
        "version": "1",
    }


def _expanded(call: Call, rows: list[JsonObject]) -> list[JsonObject]:
    for expansion in call.options.expand:
        name = next((each for each in EXPANSIONS if each.lower() == expansion.lower()), None)
        if name is None:
            message = f"The twin does not expand '{expansion}' here."
            raise BadRequestError(message)
        known = _definitions(call.state.tenant) if name == "roleDefinition" else _principals(call.state.tenant)
        rows = [{**row, name: known[row[f"{name}Id"]]} for row in rows]
    return rows


def _definitions(tenant: Tenant) -> dict[str, JsonObject]:
    return {role.template_id: _definition(role) for role in tenant.roles}


def _principals(tenant: Tenant) -> dict[str, Any]:
    users = {user.id: principal(user) for user in tenant.live_users()}
    return users | principals(tenant.groups.values())


def principal(user: User) -> JsonObject:
    """Writes the user that something is given to."""
    return {"@odata.type": "#microsoft.graph.user", **pick(user.properties, ALWAYS, user_properties())}
