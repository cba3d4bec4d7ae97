"""POST /$batch: up to 20 requests in one, each answered for itself.

https://learn.microsoft.com/graph/json-batching
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from local.graph.errors import BadRequestError
from local.graph.exchange import Answer, GraphRequest, JsonObject

MOST_REQUESTS = 20
FAILED_DEPENDENCY = Answer(
    424, {"error": {"code": "FailedDependency", "message": "A request that it depends on failed."}}
)
FIRST_FAILURE = 400
NOT_UNIQUE = "Request Id has to be unique in a batch."

Serve = Callable[[GraphRequest], Awaitable[Answer]]


async def run_batch(outer: GraphRequest, body: Mapping[str, Any], serve: Serve, order: random.Random) -> Answer:
    """Answers every item; what does not depend on anything runs at the same time. Answers come in any order."""
    items = body["requests"]
    _check(items)
    outcomes: dict[str, asyncio.Task[Answer]] = {}
    for item in items:
        earlier = [outcomes[name.lower()] for name in item.get("dependsOn") or []]
        outcomes[item["id"].lower()] = asyncio.create_task(_run(_item_request(outer, item), earlier, serve))
    # All of them end, whatever one of them raises: a dropped connection takes no other item's effect back.
    await asyncio.wait(outcomes.values())
    responses = [_response(item["id"], await outcomes[item["id"].lower()]) for item in items]
    order.shuffle(responses)
    return Answer(200, {"responses": responses})


async def _run(request: GraphRequest, earlier: Iterable[Awaitable[Answer]], serve: Serve) -> Answer:
    for outcome in earlier:
        if (await outcome).status >= FIRST_FAILURE:
            return FAILED_DEPENDENCY
    return await serve(request)


def _check(items: Sequence[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for item in items:
        name = item["id"].lower()
        if name in seen:
            raise BadRequestError(NOT_UNIQUE)
        if {other.lower() for other in item.get("dependsOn") or []} - seen:
            message = f"Request id : {item['id']} depends on a request that is not in the batch before it."
            raise BadRequestError(message)
        _check_body(item)
        seen.add(name)


def _check_body(item: Mapping[str, Any]) -> None:
    headers = {name.lower() for name in item.get("headers") or {}}
    writes = item["method"] in {"POST", "PATCH", "PUT"}
    if writes and ("body" not in item or "content-type" not in headers):
        message = f"Write request id : {item['id']} does not contain Content-Type header or body."
        raise BadRequestError(message)


def _item_request(outer: GraphRequest, item: Mapping[str, Any]) -> GraphRequest:
    url = urlsplit(item["url"])
    own = {name.lower(): value for name, value in (item.get("headers") or {}).items()}
    inherited = {name: outer.headers[name] for name in ("authorization", "client-request-id") if name in outer.headers}
    body = item.get("body")
    return GraphRequest(
        method=item["method"],
        segments=tuple(unquote(segment) for segment in url.path.strip("/").split("/")),
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        headers={**own, **inherited} if "client-request-id" not in own else {**inherited, **own},
        body=b"" if body is None else json.dumps(body).encode(),
        root=outer.root,
    )


def _response(name: str, answer: Answer) -> JsonObject:
    response: JsonObject = {"id": name, "status": answer.status, "headers": dict(answer.headers)}
    return response if answer.body is None else {**response, "body": answer.body}
