"""/users/{id}/transitiveMemberOf, and the same cast to directory roles or to groups."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from local.graph.contract.document import properties_of, resolved
from local.graph.endpoints.call import Call
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection
from local.graph.tenant.membership import transitive_groups, transitive_roles
from local.graph.tenant.model import Group
from local.graph.tenant.roles import Role

ROLE = "directoryRole"
GROUP = "group"
OBJECT = "directoryObject"
# Without one of these an application sees of such an object that it is there, its type and its id:
# https://learn.microsoft.com/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
READERS = {
    ROLE: frozenset({"RoleManagement.Read.Directory", "RoleManagement.Read.All", "Directory.Read.All"}),
    GROUP: frozenset({"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"}),
}


def list_memberships(call: Call) -> Answer:
    """GET: directory roles and groups, each with its @odata.type."""
    roles = [typed(ROLE, row) for row in _roles(call)]
    groups = [typed(GROUP, row) for row in readable_groups(call, transitive_groups(call.state.tenant, call.user()))]
    return _answer(call, OBJECT, "directoryObjects", [*roles, *groups])


def list_roles(call: Call) -> Answer:
    """GET cast to microsoft.graph.directoryRole."""
    return _answer(call, ROLE, "directoryRoles", _roles(call))


def list_groups(call: Call) -> Answer:
    """GET cast to microsoft.graph.group."""
    return _answer(call, GROUP, "groups", readable_groups(call, transitive_groups(call.state.tenant, call.user())))


def _roles(call: Call) -> list[JsonObject]:
    roles = transitive_roles(call.state.tenant, call.user())
    return [_readable(call, ROLE, role_as_json(role)) for role in roles]


def readable_groups(call: Call, groups: Iterable[Group]) -> list[JsonObject]:
    """Writes groups as far as the caller may read them."""
    return [_readable(call, GROUP, group_as_json(group)) for group in groups]


def _readable(call: Call, type_name: str, row: JsonObject) -> JsonObject:
    return row if call.caller.has_any(READERS[type_name]) else {"id": row["id"]}


def _answer(call: Call, type_name: str, name: str, rows: list[JsonObject]) -> Answer:
    properties = defaults(ROLE) | defaults(GROUP) if type_name == OBJECT else defaults(type_name)
    listed = ListType(type_name, name, properties, directory=True, filter_needs_advanced=True)
    answer = collection(call.request, call.options, listed, rows)
    return without_foreign(answer) if type_name == OBJECT else answer


def without_foreign(answer: Answer) -> Answer:
    """Takes out of each row of a mixed list what its own type does not have."""
    body = answer.body or {}
    body["value"] = [_own(row) for row in body["value"]]
    return answer


def _own(row: Mapping[str, Any]) -> JsonObject:
    own = defaults(str(row["@odata.type"]).removeprefix("#microsoft.graph."))
    return {name: value for name, value in row.items() if name in own or name.startswith("@odata.")}


@cache
def defaults(type_name: str) -> dict[str, Any]:
    """Returns the properties of a type with what stands for each where it is absent."""
    schemas = {name: resolved(schema) for name, schema in properties_of(type_name).items()}
    return {name: [] if schema.get("type") == "array" else None for name, schema in schemas.items()}


def role_as_json(role: Role) -> JsonObject:
    """Writes an activated directory role."""
    return {
        "id": role.directory_role_id,
        "description": None,
        "displayName": role.display_name,
        "roleTemplateId": role.template_id,
    }


def group_as_json(group: Group) -> JsonObject:
    """Writes a group: a security group, unless the file says otherwise."""
    usual = {"mailEnabled": False, "securityEnabled": True, "isAssignableToRole": group.assignable_to_role or None}
    own = {name: value for name, value in group.properties.items() if name in defaults(GROUP)}
    return {"id": group.id, "displayName": group.display_name, **usual, **own}


def typed(type_name: str, row: Mapping[str, Any]) -> JsonObject:
    """Says of an object what it is."""
    return {"@odata.type": f"#microsoft.graph.{type_name}", **row}
