"""Claims-based security: clients put a token before they attach; https://docs.oasis-open.org/amqp/amqp-cbs/v1.0/."""

from collections.abc import Callable

from local.servicebus.amqp.types import Int
from local.servicebus.requests import Answer, Request

_ACCEPTED = 202
_BAD_REQUEST = 400
_UNAUTHORIZED = 401


class TokenNode:
    """Takes any token that is one: what it says cannot be checked without the key or the tenant."""

    def __init__(self, on_token: Callable[[], None]) -> None:
        self._on_token = on_token

    def answer(self, request: Request) -> Answer:
        """Answers a request to put a token."""
        if request.properties.get("operation") != "put-token":
            return _answer(_BAD_REQUEST, "The only operation is put-token.")
        if not request.properties.get("name") or not isinstance(request.body, str) or not request.body:
            return _answer(_UNAUTHORIZED, "A token and the name of what it is for are required.")
        self._on_token()
        return _answer(_ACCEPTED, "Accepted")


def _answer(status: int, description: str) -> Answer:
    return Answer({"status-code": Int(status), "status-description": description}, None)
