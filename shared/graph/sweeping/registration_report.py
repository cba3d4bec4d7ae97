"""Microsoft's registration report: which methods everyone has, hours late, without numbers and disabled users.

https://learn.microsoft.com/graph/api/authenticationmethodsroot-list-userregistrationdetails
"""

from http import HTTPStatus

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.reports.authentication_methods.user_registration_details import (
    user_registration_details_request_builder as builder,
)
from msgraph.graph_service_client import GraphServiceClient

from shared.compliance.rows import Registered, Unavailable
from shared.errors import DirectoryRefusedError
from shared.graph.calls import GraphCalls
from shared.graph.sweeping.json_calls import Row, moment_of, text_of
from shared.graph.sweeping.lists import GraphLists, JsonPage, identified
from shared.graph.sweeping.refusals import lacks_licence, report_refused
from shared.sweep.ports import Page

_PAGE = 999
_FIELDS = ["id", "userType", "methodsRegistered", "lastUpdatedDateTime"]
_Asked = builder.UserRegistrationDetailsRequestBuilder.UserRegistrationDetailsRequestBuilderGetQueryParameters


class GraphRegistrationReport:
    """The report, a page at a time; 5 requests in 10 s are permitted, and whoever calls keeps to that."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._report = client.reports.authentication_methods.user_registration_details
        self._list = GraphLists(client, calls)
        # The documents know neither option here, and Graph takes both. Should it cease to, the report is read without.
        self._options = [_Asked(top=_PAGE, select=_FIELDS), _Asked(top=_PAGE), _Asked(select=_FIELDS), _Asked()]

    async def page(self, link: str) -> Page[Registered] | Unavailable:
        """Reads a page, the first one by an empty link. Raises LinkExpiredError, TransientError."""
        try:
            found = await (self._list.linked(link) if link else self._first())
        except DirectoryRefusedError as fault:
            return report_refused(fault)
        return Page(tuple(row for each in found.rows if (row := _registered(each))), found.next)

    async def _first(self) -> JsonPage:
        """Asks with fewer options where Graph refuses them, and remembers which ones it takes."""
        while True:
            try:
                asked = RequestConfiguration(query_parameters=self._options[0])
                return await self._list.first(self._report.to_get_request_information(asked))
            except DirectoryRefusedError as fault:
                is_about_options = fault.status == HTTPStatus.BAD_REQUEST and not lacks_licence(fault)
                if not is_about_options or len(self._options) == 1:
                    raise
            self._options.pop(0)


def _registered(row: Row) -> Registered | None:
    """Reads a row. One that does not say which methods there are counts as missing: the user is read one by one."""
    user_id, methods = identified(row), row.get("methodsRegistered")
    if not isinstance(methods, list):
        return None
    return Registered(
        user_id=user_id,
        methods=tuple(name for name in methods if isinstance(name, str)),
        reported_at=moment_of(row, "lastUpdatedDateTime"),
        user_type=text_of(row, "userType").lower() or "member",
    )
