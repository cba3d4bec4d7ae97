"""/users, /users/{id} and the manager."""

from local.graph.endpoints.call import Call
from local.graph.errors import BadRequestError, DeniedError, UserNotFoundError
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection, context
from local.graph.odata.selection import checked_selection, pick
from local.graph.tenant.model import User
from local.graph.tenant.properties import user_properties

# Without $select there is no accountEnabled, employeeId or usageLocation in the answer:
# https://learn.microsoft.com/graph/api/resources/user#properties
ALWAYS = (
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
)
TYPE_NAME = "user"
NEEDS_ANOTHER_PERMISSION = {"signInActivity": "AuditLog.Read.All", "mailboxSettings": "MailboxSettings.Read"}
MANAGER = "manager"


def list_users(call: Call) -> Answer:
    """GET /users: the users that are not deleted."""
    _check_properties(call)
    expands = _expands_manager(call)
    listed = ListType(TYPE_NAME, "users", user_properties(), ALWAYS, expanded=(MANAGER,), directory=True)
    users = call.state.tenant.live_users()
    rows = [user.properties | _manager_of(call, user) if expands else user.properties for user in users]
    return collection(call.request, call.options, listed, rows)


def get_user(call: Call) -> Answer:
    """GET /users/{id}."""
    _check_properties(call)
    user = call.user()
    body = _as_json(call, user)
    if _expands_manager(call):
        body |= _manager_of(call, user)
    return Answer(200, {"@odata.context": context(call.request, "users/$entity", call.options.select), **body})


def get_manager(call: Call) -> Answer:
    """GET /users/{id}/manager: 404 where there is none."""
    user = call.user()
    manager = call.state.tenant.user(user.manager) if user.manager else None
    if manager is None:
        raise UserNotFoundError(MANAGER)
    body = {"@odata.type": "#microsoft.graph.user", **_as_json(call, manager)}
    return call.object_answer("directoryObjects/$entity", body)


def _as_json(call: Call, user: User) -> JsonObject:
    wanted = checked_selection(call.options.select or ALWAYS, user_properties(), TYPE_NAME)
    return pick(user.properties, wanted, user_properties())


def _check_properties(call: Call) -> None:
    for name in call.options.select or ():
        needed = NEEDS_ANOTHER_PERMISSION.get(name)
        if needed and needed not in call.caller.roles:
            message = f"Calling principal does not have required MSGraph permissions {needed}."
            raise DeniedError(message)


def _expands_manager(call: Call) -> bool:
    for expansion in call.options.expand:
        if expansion.partition("(")[0].lower() != MANAGER:
            message = f"The twin does not expand '{expansion.partition('(')[0]}' of a user."
            raise BadRequestError(message)
    return bool(call.options.expand)


def _manager_of(call: Call, user: User) -> JsonObject:
    manager = call.state.tenant.user(user.manager) if user.manager else None
    if manager is None:
        return {}
    nested = _nested_select(call.options.expand[0]) or ALWAYS
    body = pick(manager.properties, checked_selection(nested, user_properties(), TYPE_NAME), user_properties())
    return {MANAGER: {"@odata.type": "#microsoft.graph.user", **body}}


def _nested_select(expansion: str) -> tuple[str, ...]:
    """Reads `manager($select=id,mail)`."""
    options = expansion.partition("(")[2].removesuffix(")")
    name, _, wanted = options.partition("=")
    if not options:
        return ()
    if name.strip().lower() not in {"$select", "select"}:
        message = f"The twin does not know the option '{name.strip()}' within $expand."
        raise BadRequestError(message)
    return tuple(part.strip() for part in wanted.split(","))
