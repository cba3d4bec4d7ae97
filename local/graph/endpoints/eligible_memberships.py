"""/identityGovernance/privilegedAccess/group/eligibilitySchedules: PIM for Groups."""

from local.graph.endpoints.call import Call
from local.graph.endpoints.expansion import expansions
from local.graph.endpoints.memberships import GROUP, defaults, readable_groups, typed
from local.graph.endpoints.role_management import PERMANENT, check_licence, principal
from local.graph.errors import BadRequestError
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection
from local.graph.odata.rows import Rows
from local.graph.tenant.model import User, lowered

TYPE_NAME = "privilegedAccessGroupEligibilitySchedule"
EXPANSIONS = ("group", "principal")
SCOPES = ("principalid", "groupid")
NO_SCOPE = "The request must be scoped by $filter to a principalId or a groupId."


def list_schedules(call: Call) -> Answer:
    """GET: memberships that their holder may activate, of one principal or of one group."""
    check_licence(call)
    if not any(scope in (call.options.filter or "").lower() for scope in SCOPES):
        raise BadRequestError(NO_SCOPE)
    given = [(user, group_id) for user in call.state.tenant.eligible_members for group_id in user.eligible_groups]
    expanded = expansions(call, EXPANSIONS)

    def whole(each: tuple[User, str]) -> JsonObject:
        known = {"group": lambda: _group(call, each[1]), "principal": lambda: principal(each[0], expanded["principal"])}
        return _row(each) | {name: known[name]() for name in expanded}

    rows = Rows(
        given,
        _row,
        whole,
        positions={
            "principalId": lambda value: [at for at, (user, _) in enumerate(given) if lowered(user.id) == value],
            "groupId": lambda value: [at for at, (_, group_id) in enumerate(given) if lowered(group_id) == value],
        },
    )
    properties = {name: value for name, value in defaults(TYPE_NAME).items() if name not in EXPANSIONS}
    name = "identityGovernance/privilegedAccess/group/eligibilitySchedules"
    return collection(call.request, call.options, ListType(TYPE_NAME, name, properties, expanded=EXPANSIONS), rows)


def _row(given: tuple[User, str]) -> JsonObject:
    user, group_id = given
    own = {"id": f"{group_id}_member_{user.id}", "accessId": "member", "groupId": group_id, "principalId": user.id}
    return {**PERMANENT, **own, "memberType": "direct"}


def _group(call: Call, group_id: str) -> JsonObject:
    (row,) = readable_groups(call, [call.state.tenant.groups[group_id]])
    return typed(GROUP, row)
