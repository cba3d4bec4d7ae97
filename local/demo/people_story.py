"""Requests about people whom policy protects, whom Graph says too little about, or whom an exception names."""

from collections.abc import Callable

from local.demo.company import DOMAIN, User
from local.demo.feed_writer import FeedWriter
from local.demo.numbers import in_graphs_format, mobile_number, voip_number

_MEMBERSHIPS = "/users/{id}/transitiveMemberOf"
# By which the demo's policy knows them.
_BREAK_GLASS = f"break-glass-1@{DOMAIN}"
_PAUL = f"paul_partner.example#EXT#@{DOMAIN}"


def _administrators(writer: FeedWriter) -> None:
    """Directly, through a group, for one administrative unit, or whenever they like."""
    direct, through_group, of_a_unit, eligible = (writer.someone() for _ in range(4))
    direct["roles"] = ["Global Administrator"]
    through_group["memberOf"] = [*through_group["memberOf"], "Cloud Administrators"]
    of_a_unit["scopedRoles"] = [{"displayName": "Helpdesk Administrator", "administrativeUnit": "Leeds"}]
    eligible["eligibleRoles"] = ["Privileged Role Administrator"]
    for user in (direct, through_group, of_a_unit, eligible):
        writer.change(user)


def _people_near_role_groups(writer: FeedWriter) -> None:
    """Whoever owns a group decides who is in it."""
    owner, may_join = writer.someone(), writer.someone()
    owner["owns"] = ["Cloud Administrators"]
    may_join["eligibleMemberOf"] = ["Cloud Administrators"]
    for user in (owner, may_join):
        writer.change(user)


def _people_on_the_list(writer: FeedWriter) -> None:
    break_glass = _added(writer, _BREAK_GLASS, "Break Glass 1", methods=["fido2"])
    director = writer.someone()
    director["memberOf"] = [*director["memberOf"], "Executive Board"]
    for user in (break_glass, director):
        writer.change(user)


def _people_of_a_restricted_unit(writer: FeedWriter) -> None:
    user = writer.someone()
    user["isManagementRestricted"] = True
    writer.change(user)


def _somebody_of_whom_graph_says_too_little(writer: FeedWriter) -> None:
    user = writer.someone()
    match = {"method": "GET", "path": _MEMBERSHIPS, "user": user["userPrincipalName"]}
    refused = {"times": None, "status": 403, "code": "Authorization_RequestDenied"}
    writer.feed.faults.append({"match": match, **refused})
    writer.change(user, reason="Graph does not tell which groups the user is in")


def _guests(writer: FeedWriter) -> None:
    """An exception names the second one."""
    guest, paul = writer.someone(), _added(writer, _PAUL, "Paul Partner", userType="Guest")
    guest["userType"] = "Guest"
    for user in (guest, paul):
        writer.change(user)


def _somebody_who_is_deleted(writer: FeedWriter) -> None:
    user = writer.someone()
    user["deleted"] = True
    writer.change(user, userPrincipalName=user["userPrincipalName"])


def _numbers_that_an_exception_permits(writer: FeedWriter) -> None:
    """One exception holds, for a group; the other one, for a requester, has expired."""
    agent = writer.someone()
    agent["memberOf"] = [*agent["memberOf"], "Call Centre"]
    writer.row(agent, phoneNumber=in_graphs_format(voip_number("GB")))
    stand = in_graphs_format(mobile_number("CU", writer.draw))
    writer.row(writer.someone(), phoneNumber=stand, requestedBy="fair-desk")


def _added(writer: FeedWriter, name: str, displayed: str, **fields: object) -> User:
    """Adds somebody who has a name of their own."""
    user = {
        "userPrincipalName": name,
        "displayName": displayed,
        "mail": name.replace("#EXT#", ""),
        "usageLocation": "GB",
        "lastPasswordChangeDateTime": "2025-03-03T08:00:00Z",
        "phoneMethods": [],
        **fields,
    }
    writer.company.users.append(user)
    return user


CASES: tuple[Callable[[FeedWriter], None], ...] = (
    _administrators,
    _people_near_role_groups,
    _people_on_the_list,
    _people_of_a_restricted_unit,
    _somebody_of_whom_graph_says_too_little,
    _guests,
    _somebody_who_is_deleted,
    _numbers_that_an_exception_permits,
)
