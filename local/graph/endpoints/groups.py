"""/groups, /groups/{id} and the owners."""

from local.graph.endpoints.call import Call
from local.graph.endpoints.memberships import GROUP, defaults, group_as_json, typed
from local.graph.endpoints.users import ALWAYS, TYPE_NAME, user_rows
from local.graph.errors import UserNotFoundError
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection, context
from local.graph.odata.rows import Rows
from local.graph.odata.selection import checked_selection, pick
from local.graph.tenant.model import Group, User
from local.graph.tenant.properties import user_properties

READS_USERS = frozenset({"User.Read.All", "Directory.Read.All"})


def list_groups(call: Call) -> Answer:
    """GET: all groups."""
    listed = ListType(GROUP, "groups", defaults(GROUP), directory=True)
    return collection(call.request, call.options, listed, Rows(list(call.state.tenant.groups.values()), group_as_json))


def get_group(call: Call) -> Answer:
    """GET by id: 404 where there is no such group."""
    group = named_group(call)
    names = checked_selection(call.options.select or tuple(defaults(GROUP)), defaults(GROUP), GROUP)
    body = pick(group_as_json(group), names, defaults(GROUP))
    return Answer(200, {"@odata.context": context(call.request, "groups/$entity", call.options.select), **body})


def list_owners(call: Call) -> Answer:
    """GET: the users who own the group; as for every relationship of the directory, a filter is an advanced query."""
    group_id = named_group(call).id
    rows = user_rows(
        call.state.tenant, lambda user: readable_user(call, user), listed=lambda user: group_id in user.owns
    )
    listed = ListType(
        TYPE_NAME, "directoryObjects", user_properties(), ALWAYS, directory=True, filter_needs_advanced=True
    )
    return collection(call.request, call.options, listed, rows)


def named_group(call: Call) -> Group:
    """Returns the group that the path names."""
    wanted = call.values["group-id"]
    group = call.state.tenant.group(wanted)
    if group is None:
        raise UserNotFoundError(wanted)
    return group


def readable_user(call: Call, user: User) -> JsonObject:
    """Writes a user as far as the caller may read users."""
    return typed(TYPE_NAME, user.properties if call.caller.has_any(READS_USERS) else {"id": user.id})
