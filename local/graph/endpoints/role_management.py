"""/roleManagement/directory: definitions, active assignments, PIM-eligible schedules. Direct ones only, as in Graph."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from local.graph.endpoints.call import Call
from local.graph.endpoints.expansion import expansions
from local.graph.endpoints.memberships import GROUP, defaults, group_as_json, typed
from local.graph.endpoints.users import ALWAYS
from local.graph.errors import PremiumNeededError
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection
from local.graph.odata.rows import Rows, plain_rows
from local.graph.odata.selection import checked_selection, pick
from local.graph.tenant.model import Group, User, derived_id, lowered
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
DEFINITION = "unifiedRoleDefinition"
EXPANSIONS = ("principal", "roleDefinition")


@dataclass(frozen=True, slots=True)
class Given:
    """A role that someone holds or may activate, everywhere or for one administrative unit."""

    holder: User | Group
    role_id: str
    administrative_unit: str | None = None


def list_definitions(call: Call) -> Answer:
    """GET roleDefinitions. A built-in role's id is its template id."""
    rows = [_definition(role) for role in call.state.tenant.roles]
    return _answer(call, DEFINITION, "roleDefinitions", plain_rows(rows))


def list_assignments(call: Call) -> Answer:
    """GET roleAssignments: active, of users and of groups themselves."""
    given = [Given(holder, role_id) for holder in call.state.tenant.role_holders for role_id in holder.roles]
    for user in call.state.tenant.role_holders:
        if isinstance(user, User):
            given += [Given(user, role.role_id, role.administrative_unit) for role in user.scoped_roles]
    return _given_answer(call, "unifiedRoleAssignment", "roleAssignments", given, _assignment)


def list_eligibility_schedules(call: Call) -> Answer:
    """GET roleEligibilitySchedules: roles that their holder may activate."""
    check_licence(call)
    given = [Given(holder, role_id) for holder in call.state.tenant.role_holders for role_id in holder.eligible_roles]
    return _given_answer(call, "unifiedRoleEligibilitySchedule", "roleEligibilitySchedules", given, _schedule)


def check_licence(call: Call) -> None:
    """Raises what Privileged Identity Management answers in a tenant without a premium licence."""
    if not call.state.switches.premium:
        raise PremiumNeededError


def _given_answer(
    call: Call, type_name: str, name: str, given: list[Given], row: Callable[[Given], JsonObject]
) -> Answer:
    def of_holder(holder_id: str) -> list[int]:
        return [position for position, each in enumerate(given) if lowered(each.holder.id) == holder_id]

    expanded = _expansions(call)

    def whole(each: Given) -> JsonObject:
        return row(each) | {name: write(each) for name, write in expanded.items()}

    return _answer(call, type_name, name, Rows(given, row, whole, positions={"principalId": of_holder}))


def _answer[T](call: Call, type_name: str, name: str, rows: Rows[T]) -> Answer:
    properties = {each: value for each, value in defaults(type_name).items() if each not in EXPANSIONS}
    listed = ListType(type_name, f"roleManagement/directory/{name}", properties, expanded=EXPANSIONS)
    return collection(call.request, call.options, listed, rows)


def _assignment(given: Given) -> JsonObject:
    unit = given.administrative_unit
    kind = "assignment" if unit is None else f"assignment for {unit}"
    return _row(kind, given) | ({} if unit is None else {"directoryScopeId": f"/administrativeUnits/{unit}"})


def _schedule(given: Given) -> JsonObject:
    return _row("eligibility", given) | PERMANENT


def _row(kind: str, given: Given) -> JsonObject:
    return {
        "id": derived_id(kind, given.holder.id, given.role_id),
        "principalId": given.holder.id,
        "roleDefinitionId": given.role_id,
        "directoryScopeId": EVERYWHERE,
        "appScopeId": None,
    }


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


def _expansions(call: Call) -> dict[str, Callable[[Given], JsonObject]]:
    """Reads $expand, and returns how each relationship is written: whole, or what a nested $select names of it."""
    roles = call.state.tenant.roles
    known: dict[str, Callable[[Given, tuple[str, ...]], JsonObject]] = {
        "principal": lambda given, names: principal(given.holder, names),
        "roleDefinition": lambda given, names: _named(_definition(roles.by_id(given.role_id)), names),
    }
    return {name: partial(_written, known[name], names) for name, names in expansions(call, EXPANSIONS).items()}


def _written(write: Callable[[Given, tuple[str, ...]], JsonObject], names: tuple[str, ...], given: Given) -> JsonObject:
    return write(given, names)


def _named(definition: JsonObject, names: tuple[str, ...]) -> JsonObject:
    known = defaults(DEFINITION)
    return pick(definition, checked_selection(names, known, DEFINITION), known) if names else definition


def principal(holder: User | Group, names: tuple[str, ...] = ()) -> JsonObject:
    """Writes whom something is given to; of a nested $select the properties that one of their type has."""
    wanted = checked_selection(names, user_properties() | defaults(GROUP), "directoryObject")
    if isinstance(holder, User):
        own = user_properties()
        return typed("user", pick(holder.properties, [name for name in wanted or ALWAYS if name in own], own))
    group = typed(GROUP, group_as_json(holder))
    return pick(group, [name for name in wanted if name in defaults(GROUP)], defaults(GROUP)) if names else group
