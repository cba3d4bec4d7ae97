"""The directory's users, a page at a time: https://learn.microsoft.com/graph/api/user-list."""

import re
from http import HTTPStatus

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_information import RequestInformation
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_service_client import GraphServiceClient

from shared.compliance.rows import Person, Unavailable
from shared.errors import DirectoryRefusedError
from shared.graph.calls import GraphCalls
from shared.graph.sweeping.json_calls import Row, moment_of, text_of
from shared.graph.sweeping.lists import GraphLists, JsonPage, identified
from shared.graph.sweeping.refusals import people_refused
from shared.sweep.ports import Page

_PAGE = 999
_FIELDS = [
    "id",
    "userPrincipalName",
    "displayName",
    "mail",
    "department",
    "usageLocation",
    "country",
    "accountEnabled",
    "userType",
    "isManagementRestricted",
    "preferredLanguage",
    "createdDateTime",
]
# Needs a permission of its own, and a request that names it is refused as a whole without:
# https://learn.microsoft.com/graph/tutorial-lifecycle-workflows-set-employeeleavedatetime
_LEAVE = "employeeLeaveDateTime"
_MANAGER = ["manager($select=id,displayName)"]
_COUNTRY = re.compile(r"[A-Z]{2}")
_NO_LEAVE = (
    "The last day of work (employeeLeaveDateTime) is not known: grant the sweep's identity "
    "User-LifeCycleInfo.Read.All. Until then a leaver is who has a disabled account."
)


class GraphPeopleList:
    """All users who are not deleted, guests and disabled ones among them."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._users = client.users
        self._list = GraphLists(client, calls)
        self._reads_leave = True

    async def page(self, link: str) -> Page[Person] | Unavailable:
        """Reads a page, the first one by an empty link. Raises LinkExpiredError, TransientError."""
        try:
            found = await (self._list.linked(link) if link else self._first())
        except DirectoryRefusedError as fault:
            return people_refused(fault)
        told = () if link or self._reads_leave else (_NO_LEAVE,)
        return Page(tuple(map(_person, found.rows)), found.next, told)

    async def _first(self) -> JsonPage:
        """Leaves the last day of work out where that is all that Graph refuses, and remembers it."""
        if self._reads_leave:
            try:
                return await self._list.first(self._asking([*_FIELDS, _LEAVE]))
            except DirectoryRefusedError as fault:
                if fault.status != HTTPStatus.FORBIDDEN:
                    raise
        found = await self._list.first(self._asking(_FIELDS))
        self._reads_leave = False
        return found

    def _asking(self, fields: list[str]) -> RequestInformation:
        parameters = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
            select=fields, expand=_MANAGER, top=_PAGE
        )
        request: RequestInformation = self._users.to_get_request_information(
            RequestConfiguration(query_parameters=parameters)
        )
        return request


def _person(row: Row) -> Person:
    manager, is_enabled = row.get("manager"), row.get("accountEnabled")
    named = manager if isinstance(manager, dict) else {}
    return Person(
        user_id=identified(row),
        user_principal_name=identified(row, "userPrincipalName"),
        display_name=text_of(row, "displayName"),
        mail=text_of(row, "mail"),
        department=text_of(row, "department"),
        country=_country(row),
        manager_id=text_of(named, "id"),
        manager_name=text_of(named, "displayName"),
        account_enabled=is_enabled if isinstance(is_enabled, bool) else None,
        user_type=text_of(row, "userType").lower(),
        management_restricted=row.get("isManagementRestricted") is True,
        preferred_language=text_of(row, "preferredLanguage"),
        created_at=moment_of(row, "createdDateTime"),
        leaves_at=moment_of(row, _LEAVE),
    )


def _country(row: Row) -> str:
    """Gives the usage location; where there is none, the address's country, which may be a name, if it is a code."""
    codes = [text_of(row, name).strip().upper() for name in ("usageLocation", "country")]
    return next((code for code in codes if _COUNTRY.fullmatch(code)), "")
