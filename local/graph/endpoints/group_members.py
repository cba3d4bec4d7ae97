"""/groups/{id}/transitiveMembers, and the same cast to users: who is in a group, also through groups that are in it."""

from collections.abc import Mapping
from typing import Any

from local.graph.endpoints.call import Call
from local.graph.endpoints.groups import named_group, readable_user
from local.graph.endpoints.memberships import GROUP, OBJECT, defaults, readable_groups, typed, without_foreign
from local.graph.endpoints.users import ALWAYS, TYPE_NAME
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection
from local.graph.odata.rows import Rows
from local.graph.tenant.membership import nested_groups
from local.graph.tenant.model import Group, User
from local.graph.tenant.properties import user_properties


def list_members(call: Call) -> Answer:
    """GET: groups and users, each with its @odata.type."""
    inside = nested_groups(call.state.tenant, named_group(call))
    ids = frozenset(group.id for group in inside)
    rows = Rows[Group | User](
        # The group itself is the first of those that count, and no member.
        [*inside[1:], *call.state.tenant.users],
        lambda member: _row(call, member),
        listed=lambda member: isinstance(member, Group) or _is_member(member, ids),
    )
    select = call.options.select
    listed = ListType(
        OBJECT, "directoryObjects", user_properties() | defaults(GROUP), directory=True, filter_needs_advanced=True
    )
    answer = without_foreign(collection(call.request, call.options, listed, rows))
    return answer if select else _shortened(answer)


def list_users(call: Call) -> Answer:
    """GET cast to microsoft.graph.user."""
    ids = frozenset(group.id for group in nested_groups(call.state.tenant, named_group(call)))
    rows = Rows(
        call.state.tenant.users,
        lambda user: readable_user(call, user),
        listed=lambda user: _is_member(user, ids),
    )
    listed = ListType(TYPE_NAME, "users", user_properties(), ALWAYS, directory=True, filter_needs_advanced=True)
    return collection(call.request, call.options, listed, rows)


def _is_member(user: User, group_ids: frozenset[str]) -> bool:
    return not user.deleted and not group_ids.isdisjoint(user.groups)


def _row(call: Call, member: Group | User) -> JsonObject:
    if isinstance(member, User):
        return readable_user(call, member)
    (row,) = readable_groups(call, [member])
    return typed(GROUP, row)


def _shortened(answer: Answer) -> Answer:
    """Leaves of users what they show without $select."""
    body = answer.body or {}
    body["value"] = [_usual(row) for row in body["value"]]
    return answer


def _usual(row: Mapping[str, Any]) -> JsonObject:
    user = row["@odata.type"] == "#microsoft.graph.user"
    return {name: value for name, value in row.items() if not user or name in ALWAYS or name.startswith("@odata.")}
