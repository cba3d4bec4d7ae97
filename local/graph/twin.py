"""One request from the door to its answer, in the order in which Graph looks at it."""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from local.graph.access import Caller, authenticated, check_permission
from local.graph.batch import run_batch
from local.graph.bodies import read_body
from local.graph.contract.operations import BATCH, Target, find
from local.graph.contract.strictness import contract_faults
from local.graph.endpoints.call import Call
from local.graph.endpoints.table import ENDPOINTS
from local.graph.errors import BadRequestError, GraphError, error_body
from local.graph.exchange import Answer, GraphRequest
from local.graph.faults import Fault, Hit, usual_code
from local.graph.odata.options import read_options
from local.graph.odata.paging import check_age
from local.graph.request_log import RequestRecord
from local.graph.state import TwinState
from local.graph.tenant.model import User
from local.graph.throttling import Demand
from local.graph.workloads import Workload, cost_of
from local.identity.tokens import TENANT_ID

logger = logging.getLogger(__name__)

JSON_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
NESTED_BATCH = "A batch cannot hold a batch."
UNKNOWN_PATH = "(unknown)"
CONTRACT_BROKEN = "twinContractBroken"
PRIORITY = "x-ms-throttle-priority"


class ConnectionDroppedError(Exception):
    """The connection closes without an answer."""


class InjectedError(GraphError):
    """A fault of the tenant file or of a test."""

    def __init__(self, fault: Fault) -> None:
        self.status = fault.status or 500
        self.code = fault.code or usual_code(self.status)
        headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
        super().__init__(fault.message or f"{usual_code(self.status)}: this fault was asked for.", headers)


@dataclass
class Trace:
    """What is known of a request so far, for the log and for the headers of its answer."""

    request_id: str
    client_request_id: str
    target: Target | None = None
    user: User | None = None
    units: int = 1
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> dict[str, str]:
        """The ids that go into headers and errors."""
        return {"request-id": self.request_id, "client-request-id": self.client_request_id}

    @property
    def template(self) -> str:
        """The path template that the request means."""
        return self.target.operation.template if self.target else UNKNOWN_PATH


class Twin:
    """Answers requests. In strict mode it holds its own answers against the contract."""

    def __init__(self, state: TwinState, key: bytes, *, strict: bool = False) -> None:
        self.state = state
        self.broken: list[str] = []
        self._key = key
        self._strict = strict

    async def answer(self, request: GraphRequest, *, batched: bool = False) -> Answer:
        """Answers one request. Raises `ConnectionDroppedError` where a fault says so."""
        trace = self._trace(request)
        await self._wait()
        try:
            answer = await self._served(request, trace, batched=batched)
        except ConnectionDroppedError:
            self._record(request, trace, None, batched=batched)
            raise
        except GraphError as error:
            answer = self._error_answer(error, trace)
        answer = self._held_to_contract(answer, trace)
        self._record(request, trace, answer.status, batched=batched)
        return answer.with_headers(self._headers(answer, trace))

    async def _served(self, request: GraphRequest, trace: Trace, *, batched: bool) -> Answer:
        state = self.state
        caller = authenticated(request.headers.get("authorization", ""), self._key, state.clock)
        trace.target = target = find(request.method, request.segments)
        trace.user = state.tenant.any_user(target.values.get("user-id", ""))
        # Items of a batch are counted one by one, the batch itself is not.
        if target.operation.id == BATCH:
            _check_not_nested(batched=batched)
        else:
            trace.units = cost_of(target.operation.template, request.method, request.query)
            trace.headers |= self._admitted(request, target, caller, trace.units)
        check_permission(caller, target.operation)
        fault = state.faults.take(_hit(request, target, trace.user))
        if fault is not None:
            await self._suffer(fault, request, target, caller)
        return await self._performed(request, target, caller, trace)

    def _admitted(self, request: GraphRequest, target: Target, caller: Caller, units: int) -> Mapping[str, str]:
        state, workload = self.state, target.operation.workload
        low_priority = request.headers.get(PRIORITY, "").lower() == "low"
        demand = Demand(workload, units, low_priority, caller.app_id, TENANT_ID)
        whole, limits = state.switches.throttling, state.switches.limits
        return state.throttles.admit(demand, whole, limits, state.tenant.size, state.clock.now())

    async def _suffer(self, fault: Fault, request: GraphRequest, target: Target, caller: Caller) -> None:
        """Delays, and ends the request unless the fault is only a delay."""
        await self.state.clock.sleep(fault.delay_seconds)
        if fault.only_delays:
            return
        if fault.applied:
            try:
                await self._performed(request, target, caller)
            except GraphError as refused:
                logger.info("a fault was to be applied to a request that is refused anyway: %s", refused.code)
        if fault.drop:
            raise ConnectionDroppedError
        raise InjectedError(fault)

    async def _performed(
        self, request: GraphRequest, target: Target, caller: Caller, trace: Trace | None = None
    ) -> Answer:
        operation = target.operation
        now, switches = self.state.clock.now(), self.state.switches
        options = replace(read_options(request, operation), asked_at=int(now.timestamp()))
        check_age(options, switches.page_token_seconds)
        body = read_body(request, operation)
        if operation.id == BATCH:
            return await run_batch(request, body, lambda item: self.answer(item, batched=True), self.state.random)
        if trace is not None and operation.workload is Workload.IDENTITY:
            trace.headers["x-ms-resource-unit"] = str(trace.units)
        return ENDPOINTS[operation.id](Call(request, operation, target.values, options, caller, body, self.state))

    async def _wait(self) -> None:
        least, most = self.state.switches.latency_ms
        if most:
            await self.state.clock.sleep(self.state.random.uniform(least, most) / 1000)

    def _trace(self, request: GraphRequest) -> Trace:
        request_id = str(uuid.UUID(int=self.state.random.getrandbits(128), version=4))
        return Trace(request_id, request.headers.get("client-request-id") or request_id)

    def _error_answer(self, error: GraphError, trace: Trace) -> Answer:
        date = f"{self.state.clock.now():%Y-%m-%dT%H:%M:%S}"
        return Answer(error.status, error_body(error.code, str(error), date, trace.ids), error.headers)

    def _held_to_contract(self, answer: Answer, trace: Trace) -> Answer:
        if not self._strict:
            return answer
        found = contract_faults(trace.target.operation if trace.target else None, answer)
        if not found:
            return answer
        self.broken += found
        logger.error("the twin broke its contract: %s", "; ".join(found))
        error = GraphError("; ".join(found))
        error.code = CONTRACT_BROKEN
        return self._error_answer(error, trace)

    def _record(self, request: GraphRequest, trace: Trace, status: int | None, *, batched: bool) -> None:
        user_id = trace.user.id if trace.user else None
        time = self.state.clock.now()
        ids = (trace.request_id, trace.client_request_id)
        self.state.log.add(RequestRecord(time, request.method, trace.template, user_id, status, *ids, batched))
        # Items of batches come by the hundred thousand: a line for each would be most of what a log holds.
        level = logging.DEBUG if batched else logging.INFO
        logger.log(level, "%s %s %s %s", request.method, trace.template, status, trace.request_id)

    def _headers(self, answer: Answer, trace: Trace) -> Mapping[str, str]:
        body = {} if answer.body is None else {"Content-Type": JSON_TYPE, "OData-Version": "4.0"}
        return {**trace.ids, "Cache-Control": "no-cache", **body, **trace.headers}


def _check_not_nested(*, batched: bool) -> None:
    if batched:
        raise BadRequestError(NESTED_BATCH)


def _hit(request: GraphRequest, target: Target, user: User | None) -> Hit:
    names = {target.values.get("user-id", "").lower()}
    if user is not None:
        names |= {user.id.lower(), user.user_principal_name.lower()}
        names.add(str(user.properties.get("employeeId") or "").lower())
    return Hit(request.method, target.operation.template, request.segments, frozenset(names - {""}))
