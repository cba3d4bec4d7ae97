"""Looks at an answer before the SDK reads it: what is no answer of Graph must not pass for an empty one.

The SDK takes a redirect for a success, a body without a content type for none, and a `value` that is no list for an
empty list.
"""

import json

import httpx

from shared.graph.faults import AnswerLostError

_JSON = "application/json"
_NEXT_LINK = "@odata.nextLink"


async def check_answer(response: httpx.Response) -> None:
    """Raises AnswerLostError unless it is an error, has no body, or is a JSON object of OData: httpx's hook."""
    if response.is_error:
        return
    if not response.is_success:
        message = f"Microsoft Graph answered HTTP {response.status_code}, which leads elsewhere."
        raise AnswerLostError(message)
    body = await response.aread()
    if body and not (_is_json(response) and _is_odata(body)):
        message = f"The body of Microsoft Graph's HTTP {response.status_code} cannot be read."
        raise AnswerLostError(message)


def answered[T](model: T | None) -> T:
    """Gives the model of an answer that must have one. Raises AnswerLostError."""
    if model is None:
        message = "Microsoft Graph's answer is empty."
        raise AnswerLostError(message)
    return model


def _is_json(response: httpx.Response) -> bool:
    kind: str = response.headers.get("content-type", "")
    return kind.partition(";")[0].strip().lower() == _JSON


def _is_odata(body: bytes) -> bool:
    try:
        document = json.loads(body.decode())
    except (ValueError, RecursionError):
        return False
    if not isinstance(document, dict) or not isinstance(document.get(_NEXT_LINK, ""), str):
        return False
    entries = document.get("value", [])
    return isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
