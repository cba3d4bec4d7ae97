"""/directory/deletedItems: users who were deleted and may come back, under the name that Entra gives them then."""

from local.graph.endpoints.call import Call
from local.graph.endpoints.users import ALWAYS, TYPE_NAME
from local.graph.errors import UserNotFoundError
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection
from local.graph.odata.rows import Rows
from local.graph.odata.selection import checked_selection, pick
from local.graph.tenant.model import User
from local.graph.tenant.properties import user_properties

# A deleted user always has the time; the file need not tell it.
DELETED_AT = "2026-11-01T00:00:00Z"


def list_deleted_users(call: Call) -> Answer:
    """GET cast to microsoft.graph.user; without a cast Graph does not list deleted items."""
    listed = ListType(TYPE_NAME, "users", user_properties(), ALWAYS, directory=True)
    rows = Rows(call.state.tenant.users, _properties, listed=lambda user: user.deleted)
    return collection(call.request, call.options, listed, rows)


def get_deleted_item(call: Call) -> Answer:
    """GET by id alone: the name is another one now."""
    wanted = call.values["directoryObject-id"]
    found = call.state.tenant.any_user(wanted)
    if found is None or not found.deleted or found.id.lower() != wanted.lower():
        raise UserNotFoundError(wanted)
    names = checked_selection(call.options.select or ALWAYS, user_properties(), TYPE_NAME)
    body = pick(_properties(found), names, user_properties())
    return call.object_answer("directoryObjects/$entity", {"@odata.type": "#microsoft.graph.user", **body})


def _properties(user: User) -> JsonObject:
    renamed = f"{user.id.replace('-', '')}{user.user_principal_name}"
    return {"deletedDateTime": DELETED_AT, **user.properties, "userPrincipalName": renamed}
