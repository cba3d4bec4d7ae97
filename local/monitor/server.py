"""Azure Monitor for the broker that runs in the same process."""

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.asgi import HOST, serving
from local.monitor.access import check_access
from local.monitor.answer import answer
from local.monitor.control import control_routes
from local.monitor.question import read_question
from local.monitor.refusals import RefusedError
from local.servicebus.clock import Clock, SystemClock
from local.servicebus.entities.namespace import Namespace

NAME = "Azure Monitor"
# The broker's id in Azure Resource Manager, for SERVICE_BUS_RESOURCE_ID.
RESOURCE_ID = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local"
    "/providers/Microsoft.ServiceBus/namespaces/this-machine"
)
# Resource ids and providers are compared without their case.
_METRICS = re.compile(r"(?P<resource>/subscriptions/.+)/providers/microsoft\.insights/metrics", re.IGNORECASE)

_LOG = logging.getLogger(__name__)


def application(namespace: Namespace, key: bytes, clock: Clock) -> Starlette:
    """Builds the API over a broker's counts; `key` is the one that the local identity endpoint signs with."""

    async def metrics(request: Request) -> Response:
        try:
            check_access(request.headers.get("authorization", ""), key, clock)
            resource_id = _resource(request.url.path)
            question = read_question(request.query_params)
        except RefusedError as refused:
            _LOG.warning("A question was refused: %s", refused.message)
            return refused.as_response()
        return JSONResponse(answer(question, resource_id, namespace.traffic, clock.now()))

    return Starlette(routes=[*control_routes(namespace), Route("/{path:path}", metrics, methods=["GET"])])


@asynccontextmanager
async def running_monitor(
    namespace: Namespace, key: bytes, port: int = 0, clock: Clock | None = None
) -> AsyncIterator[str]:
    """Runs Azure Monitor for the length of a block and gives its endpoint.

    Raises CannotStartError where the port is taken.
    """
    async with serving(NAME, application(namespace, key, clock or SystemClock()), port) as bound:
        yield f"http://{HOST}:{bound}"


def _resource(path: str) -> str:
    asked = _METRICS.fullmatch(path)
    if asked is None or asked["resource"].lower() != RESOURCE_ID.lower():
        raise RefusedError(404, "ResourceNotFound", "The resource was not found: this one's id is " + RESOURCE_ID + ".")
    return RESOURCE_ID
