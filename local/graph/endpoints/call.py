"""One call as an endpoint sees it: checked, permitted, with what it needs to answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.graph.access import Caller
from local.graph.contract.operations import Operation
from local.graph.errors import RestrictedManagementError, UserNotFoundError
from local.graph.exchange import Answer, GraphRequest, JsonObject
from local.graph.odata.collections import context
from local.graph.odata.options import QueryOptions
from local.graph.phones.book import PhoneBook
from local.graph.state import TwinState
from local.graph.tenant.method_kinds import Method
from local.graph.tenant.model import User

NO_CONTENT = Answer(204)


@dataclass(frozen=True)
class Call:
    """A request that may be answered. `values` are those in the path, `body` is valid by the contract."""

    request: GraphRequest
    operation: Operation
    values: Mapping[str, str]
    options: QueryOptions
    caller: Caller
    body: JsonObject
    state: TwinState

    @property
    def now(self) -> datetime:
        """The time by the twin's clock."""
        return self.state.clock.now()

    def user(self) -> User:
        """Returns the user that the path names, by id or user principal name."""
        key = self.values["user-id"]
        user = self.state.tenant.user(key)
        if user is None:
            raise UserNotFoundError(key)
        return user

    def writable_user(self) -> User:
        """Returns the user that the path names, unless a restricted management unit protects them."""
        user = self.user()
        if user.management_restricted:
            raise RestrictedManagementError
        return user

    def phones_seen(self, user: User) -> PhoneBook:
        """Returns the phones as a read shows them, which may be late."""
        return user.phones.as_of(self.state.seen_from(self.now))

    def methods_seen(self, user: User) -> tuple[Method, ...]:
        """Returns the other methods as a read shows them, which may be late."""
        return user.other_methods.as_of(self.state.seen_from(self.now))

    def object_answer(self, name: str, body: Mapping[str, Any], status: int = 200) -> Answer:
        """Answers with one object."""
        return Answer(status, {"@odata.context": context(self.request, name), **body})


Endpoint = Callable[[Call], Answer]
