"""The control side, for the person or the test that runs the twin: /_twin. Not part of Graph."""

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.graph.control_users import user_routes
from local.graph.faults import read_faults
from local.graph.switches import read_switches, switches_as_json
from local.graph.tenant.file_faults import FaultList, TenantFileError
from local.graph.twin import Twin

Handler = Callable[[Request], Awaitable[Response]]


class Control:
    """Looks at the twin's state and changes its behaviour."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        self._state = twin.state

    async def tenant(self, _: Request) -> Response:
        """Tells the tenant as it is now, as a file that can be loaded again."""
        return JSONResponse(self._state.as_json())

    async def requests(self, _: Request) -> Response:
        """Tells what was asked, oldest first, as far as it is kept."""
        return JSONResponse([record.as_json() for record in self._state.requests])

    async def clear_requests(self, _: Request) -> Response:
        """Forgets what was asked and how much of it was throttled."""
        self._state.log.clear()
        self._state.throttles.refused.clear()
        return Response(status_code=204)

    async def counts(self, _: Request) -> Response:
        """Tells how many requests of each kind there were, and how many each limit refused."""
        counted = {"requests": self._state.log.counts_as_json(), "throttled": dict(self._state.throttles.refused)}
        return JSONResponse(counted)

    async def mail(self, _: Request) -> Response:
        """Tells what was sent, oldest first."""
        return JSONResponse([mail.as_json() for mail in self._state.mailbox.mails])

    async def health(self, _: Request) -> Response:
        """Tells that the twin is there, and where it broke its contract."""
        users = len(self._state.tenant.users)
        return JSONResponse({"status": "healthy", "users": users, "contractBroken": self._twin.broken})

    async def list_faults(self, _: Request) -> Response:
        """Tells the faults that still wait."""
        return JSONResponse(self._state.faults.as_json())

    async def add_faults(self, request: Request) -> Response:
        """Adds one fault or several."""
        body = await request.json()
        given = body["faults"] if isinstance(body, dict) and "faults" in body else body
        self._state.faults.add(_checked(lambda problems: read_faults(given, problems)))
        return JSONResponse(self._state.faults.as_json(), 201)

    async def clear_faults(self, _: Request) -> Response:
        """Forgets all faults."""
        self._state.faults.clear()
        return Response(status_code=204)

    async def turn(self, request: Request) -> Response:
        """Turns the switches that are named; all of them, or none where one cannot be."""
        body = await request.json()
        if not isinstance(body, dict):
            return JSONResponse({"error": "The request must be an object with switches."}, 400)
        faults = body.pop("faults", None)
        switches = _checked(lambda problems: read_switches(body, problems, self._state.switches))
        if faults is not None:
            renewed = _checked(lambda problems: read_faults(faults, problems))
            self._state.faults.clear()
            self._state.faults.add(renewed)
        self._state.change(switches)
        return JSONResponse(switches_as_json(switches))


def control_routes(twin: Twin) -> list[Route]:
    """Builds the routes."""
    control = Control(twin)
    return [
        Route("/_twin/tenant", control.tenant, methods=["GET"]),
        Route("/_twin/requests", control.requests, methods=["GET"]),
        Route("/_twin/requests", control.clear_requests, methods=["DELETE"]),
        Route("/_twin/counts", control.counts, methods=["GET"]),
        Route("/_twin/mail", control.mail, methods=["GET"]),
        Route("/_twin/health", control.health, methods=["GET"]),
        Route("/_twin/faults", control.list_faults, methods=["GET"]),
        Route("/_twin/faults", _refusals_told(control.add_faults), methods=["POST"]),
        Route("/_twin/faults", control.clear_faults, methods=["DELETE"]),
        Route("/_twin/graph", _refusals_told(control.turn), methods=["PUT"]),
        *user_routes(twin.state),
    ]


def _checked[T](read: Callable[[FaultList], T]) -> T:
    problems = FaultList("The request")
    result = read(problems)
    problems.raise_if_any()
    return result


def _refusals_told(handler: Handler) -> Handler:
    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except (TenantFileError, json.JSONDecodeError) as fault:
            return JSONResponse({"error": str(fault)}, 400)

    return guarded
