"""/groups, /groups/{id} and the owners."""

from local.graph.endpoints.call import Call
from local.graph.endpoints.memberships import GROUP, defaults, group_as_json, typed
from local.graph.endpoints.users import ALWAYS, TYPE_NAME
from local.graph.errors import UserNotFoundError
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection, context
from local.graph.odata.selection import checked_selection, pick
from local.graph.tenant.model import Group, User
from local.graph.tenant.properties import user_properties

READS_USERS = frozenset({"User.Read.All", "Directory.Read.All"})


def list_groups(call: Call) -> Answer:
    """GET: all groups."""
    listed = ListType(GROUP, "groups", defaults(GROUP), directory=True)
    return collection(call.request, call.options, listed, [group_as_json(group) for group in _groups(call)])


def get_group(call: Call) -> Answer:
    """GET by id: 404 where there is no such group."""
    group = _named_group(call)
    names = checked_selection(call.options.select or tuple(defaults(GROUP)), defaults(GROUP), GROUP)
    body = pick(group_as_json(group), names, defaults(GROUP))
    return Answer(200, {"@odata.context": context(call.request, "groups/$entity", call.options.select), **body})


def list_owners(call: Call) -> Answer:
    """GET: the users who own the group; as for every relationship of the directory, a filter is an advanced query."""
    group_id = _named_group(call).id
    rows = [_owner(call, user) for user in call.state.tenant.live_users() if group_id in user.owns]
    listed = ListType(
        TYPE_NAME, "directoryObjects", user_properties(), ALWAYS, directory=True, filter_needs_advanced=True
    )
    return collection(call.request, call.options, listed, rows)


def _groups(call: Call) -> list[Group]:
    return list(call.state.tenant.groups.values())


def _named_group(call: Call) -> Group:
    wanted = call.values["group-id"]
    group = next((each for each in _groups(call) if each.id.lower() == wanted.lower()), None)
    if group is None:
        raise UserNotFoundError(wanted)
    return group


def _owner(call: Call, user: User) -> JsonObject:
    return typed(TYPE_NAME, user.properties if call.caller.has_any(READS_USERS) else {"id": user.id})
