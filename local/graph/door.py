"""The HTTP side of /v1.0: from the wire to the twin and back."""

from urllib.parse import parse_qsl, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.asgi import HANG_UP, Receive, Scope, Send
from local.graph.control import control_routes
from local.graph.exchange import Answer, GraphRequest
from local.graph.twin import ConnectionDroppedError, Twin

VERSION = "/v1.0"


class Door:
    """Takes every request under /v1.0, whatever its method."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, or hangs up where a fault says so."""
        request = Request(scope, receive)
        try:
            answer = await self._twin.answer(await graph_request(request))
        except ConnectionDroppedError:
            await _hang_up(scope, receive)
            return
        await _response(answer)(scope, receive, send)


async def graph_request(request: Request) -> GraphRequest:
    """Reads a request from the wire. The raw path counts: %2F and %23 within a segment belong to it."""
    raw = request.scope["raw_path"].decode("ascii").removeprefix(VERSION)
    return GraphRequest(
        method=request.method,
        segments=tuple(unquote(segment) for segment in raw.strip("/").split("/") if segment),
        query=dict(parse_qsl(request.url.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
        root=f"{request.url.scheme}://{request.url.netloc}{VERSION}",
    )


def _response(answer: Answer) -> Response:
    response = Response(answer.encoded(), answer.status)
    for name, value in answer.headers.items():
        response.headers[name] = value
    if answer.body is None:
        response.headers.setdefault("content-length", "0")
    return response


async def _hang_up(scope: Scope, receive: Receive) -> None:
    scope["extensions"][HANG_UP]()
    # The server answers 500 for an application that says nothing, unless it knows already that nobody listens.
    while (await receive())["type"] != "http.disconnect":
        continue


def application(twin: Twin) -> Starlette:
    """Builds Graph's side and the control side."""
    door = Door(twin)
    return Starlette(routes=[*control_routes(twin), Route(VERSION + "/{path:path}", door), Route("/{path:path}", door)])
