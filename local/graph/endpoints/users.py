"""/users, /users/{id} and the manager."""

from collections.abc import Callable, Collection
from functools import partial
from operator import attrgetter

from local.graph.endpoints.call import Call
from local.graph.endpoints.expansion import expansions
from local.graph.errors import DeniedError, UserNotFoundError
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection, context
from local.graph.odata.rows import Row, Rows
from local.graph.odata.selection import checked_selection, pick
from local.graph.tenant.model import LOOKED_UP, Tenant, User
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
NEEDS_ANOTHER_PERMISSION = {
    "signinactivity": ("AuditLog.Read.All",),
    "mailboxsettings": ("MailboxSettings.Read",),
    "employeeleavedatetime": ("User-LifeCycleInfo.Read.All", "User-LifeCycleInfo.ReadWrite.All"),
}
MANAGER = "manager"


def list_users(call: Call) -> Answer:
    """GET /users: the users that are not deleted."""
    _check_properties(call)
    nested = expansions(call, (MANAGER,)).get(MANAGER)
    listed = ListType(TYPE_NAME, "users", user_properties(), ALWAYS, expanded=(MANAGER,), directory=True)
    whole = None if nested is None else (lambda user: user.properties | _manager_of(call, user, nested))
    return collection(call.request, call.options, listed, user_rows(call.state.tenant, whole=whole))


def user_rows(
    tenant: Tenant,
    row: Callable[[User], Row] = attrgetter("properties"),
    *,
    whole: Callable[[User], Row] | None = None,
    listed: Callable[[User], bool] = lambda _: True,
    positions: Collection[str] = LOOKED_UP,
) -> Rows[User]:
    """Returns rows of the users that are not deleted and are `listed`; `positions` are theirs of what is looked up."""
    return Rows(
        tenant.users,
        row,
        whole,
        lambda user: not user.deleted and listed(user),
        {name: partial(tenant.positions, name) for name in positions},
    )


def get_user(call: Call) -> Answer:
    """GET /users/{id}."""
    _check_properties(call)
    user = call.user()
    body = _as_json(call, user)
    nested = expansions(call, (MANAGER,)).get(MANAGER)
    if nested is not None:
        body |= _manager_of(call, user, nested)
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
        needed = NEEDS_ANOTHER_PERMISSION.get(name.lower())
        if needed and not call.caller.has_any(frozenset(needed)):
            message = f"Calling principal does not have required MSGraph permissions {needed[0]}."
            raise DeniedError(message)


def _manager_of(call: Call, user: User, nested: tuple[str, ...]) -> JsonObject:
    manager = call.state.tenant.user(user.manager) if user.manager else None
    if manager is None:
        return {}
    names = checked_selection(nested or ALWAYS, user_properties(), TYPE_NAME)
    return {MANAGER: {"@odata.type": "#microsoft.graph.user", **pick(manager.properties, names, user_properties())}}
