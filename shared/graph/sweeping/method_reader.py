"""Reads the methods of single users, 20 in one call.

Microsoft does not recommend it for everyone (https://learn.microsoft.com/graph/api/resources/authenticationmethods-overview),
so it is for those about whom the registration report does not say enough.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import quote

from msgraph.graph_service_client import GraphServiceClient

from shared.backoff import LONGEST_OBEYED
from shared.compliance.rows import MethodsRead, MethodsRefused, Reading, Unavailable
from shared.errors import DirectoryRefusedError
from shared.graph.calls import DEFAULT_PAUSE, GraphCalls
from shared.graph.faults import is_refusal, readable_code
from shared.graph.sweeping.json_batch import BatchItem, BatchReply, GraphBatch
from shared.graph.sweeping.phone_seen import Standard
from shared.graph.sweeping.refusals import methods_refused
from shared.graph.sweeping.user_methods import MaskedNumbersError, UnreadableMethodsError, methods_read
from shared.policy.model import Policy
from shared.retry_after import retry_after_seconds
from shared.sweep.ports import BatchAnswer

_RETRY_AFTER = "retry-after"
# What may be otherwise next time: the token ran out under way, a limit is reached, another item of the batch failed.
_FOR_NOW = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FAILED_DEPENDENCY, HTTPStatus.TOO_MANY_REQUESTS})
_MASKED = "Microsoft Graph shows the numbers masked: the app needs UserAuthenticationMethod.Read.All itself, by no role"
_GONE = ": Microsoft Graph does not know the user, who was deleted in the meantime, or made just now"


class GraphMethodReader:
    """Methods, phones among them, in one call for each user: `GET /users/{id}/authentication/methods`."""

    def __init__(
        self, client: GraphServiceClient, calls: GraphCalls, rules: Policy, number_keys: tuple[bytes, ...]
    ) -> None:
        self._batch = GraphBatch(client, calls)
        self._clock = calls.clock
        self._standard = Standard(rules, number_keys)
        # Whether a user could be read yet: from then on 403 is about single users.
        self._may_read = False

    async def read(self, user_ids: Sequence[str]) -> BatchAnswer | Unavailable:
        """Reads one batch; Unavailable where the app may not read methods at all. Raises TransientError."""
        asked = {str(number): user_id for number, user_id in enumerate(dict.fromkeys(user_ids), 1)}
        if not asked:
            return BatchAnswer(())
        try:
            reply = await self._batch.get({name: _url(user_id) for name, user_id in asked.items()})
        except DirectoryRefusedError as fault:
            return methods_refused(fault)
        return self._told(asked, reply)

    def _told(self, asked: Mapping[str, str], reply: BatchReply) -> BatchAnswer | Unavailable:
        items = {user_id: reply.items.get(name) for name, user_id in asked.items()}
        found = {user_id: self._reading(user_id, item) for user_id, item in items.items()}
        readings = [reading for reading in found.values() if reading]
        self._may_read = self._may_read or any(isinstance(reading, MethodsRead) for reading in readings)
        statuses = {item.status if item else None for item in items.values()}
        if statuses == {HTTPStatus.FORBIDDEN} and len(asked) > 1 and not self._may_read:
            return methods_refused(DirectoryRefusedError(status=HTTPStatus.FORBIDDEN, code=""))
        again = [user_id for user_id, reading in found.items() if reading is None]
        waiting = [item for user_id in again if (item := items[user_id])]
        return BatchAnswer(
            tuple(readings),
            tuple(again),
            retry_after=max(self._waits(waiting), default=None),
            throttled=sum(item.status == HTTPStatus.TOO_MANY_REQUESTS for item in waiting),
            load=reply.load,
        )

    def _reading(self, user_id: str, item: BatchItem | None) -> Reading | None:
        """Reads one answer; None where it says nothing yet. What cannot be read is never taken for no methods."""
        if item is None or item.status in _FOR_NOW:
            return None
        if item.status == HTTPStatus.OK:
            try:
                return methods_read(user_id, item.body, self._clock.now(), self._standard)
            except UnreadableMethodsError:
                return None
            except MaskedNumbersError:
                return MethodsRefused(user_id, _MASKED)
        code = _code(item.body)
        if not is_refusal(item.status) or not code:
            return None
        gone = item.status == HTTPStatus.NOT_FOUND
        return MethodsRefused(user_id, f"HTTP {item.status} {code}{_GONE if gone else ''}", is_gone=gone)

    def _waits(self, items: Sequence[BatchItem]) -> list[float]:
        """Gives the seconds that answers ask to wait; one that throttles and does not say for how long means some."""
        asked = [retry_after_seconds(item.headers.get(_RETRY_AFTER), self._clock.now()) for item in items]
        throttled = any(item.status == HTTPStatus.TOO_MANY_REQUESTS for item in items)
        told = [min(seconds, LONGEST_OBEYED) for seconds in asked if seconds is not None]
        return told or ([DEFAULT_PAUSE] if throttled else [])


def _url(user_id: str) -> str:
    return f"/users/{quote(user_id, safe='')}/authentication/methods"


def _code(body: object) -> str:
    """Gives Graph's error code; "" where an answer has none: then it is a gateway's, and says nothing."""
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return readable_code(code) if isinstance(code, str) and code else ""
