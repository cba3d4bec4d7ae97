"""/identityGovernance/privilegedAccess/group/eligibilitySchedules: PIM for Groups."""

from local.graph.endpoints.call import Call
from local.graph.endpoints.memberships import GROUP, defaults, readable_groups, typed
from local.graph.endpoints.role_management import PERMANENT, principal
from local.graph.errors import BadRequestError
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection
from local.graph.tenant.model import User

TYPE_NAME = "privilegedAccessGroupEligibilitySchedule"
EXPANSIONS = ("group", "principal")
SCOPES = ("principalid", "groupid")
NO_SCOPE = "The request must be scoped by $filter to a principalId or a groupId."


def list_schedules(call: Call) -> Answer:
    """GET: memberships that their holder may activate, of one principal or of one group."""
    if not any(scope in (call.options.filter or "").lower() for scope in SCOPES):
        raise BadRequestError(NO_SCOPE)
    users = call.state.tenant.live_users()
    rows = [_expanded(call, user, _row(user, group_id)) for user in users for group_id in user.eligible_groups]
    properties = {name: value for name, value in defaults(TYPE_NAME).items() if name not in EXPANSIONS}
    name = "identityGovernance/privilegedAccess/group/eligibilitySchedules"
    return collection(call.request, call.options, ListType(TYPE_NAME, name, properties, expanded=EXPANSIONS), rows)


def _row(user: User, group_id: str) -> JsonObject:
    given = {"id": f"{group_id}_member_{user.id}", "accessId": "member", "groupId": group_id, "principalId": user.id}
    return {**PERMANENT, **given, "memberType": "direct"}


def _expanded(call: Call, user: User, row: JsonObject) -> JsonObject:
    known = {"group": lambda: _group(call, row["groupId"]), "principal": lambda: principal(user)}
    for expansion in call.options.expand:
        name = expansion.lower()
        if name not in known:
            message = f"The twin does not expand '{expansion}' here."
            raise BadRequestError(message)
        row = {**row, name: known[name]()}
    return row


def _group(call: Call, group_id: str) -> JsonObject:
    (row,) = readable_groups(call, [call.state.tenant.groups[group_id]])
    return typed(GROUP, row)
