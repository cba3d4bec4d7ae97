"""What a management request carries, checked as it is read, and what its answer says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from local.servicebus.amqp.types import Array, Value
from local.servicebus.entities.errors import ArgumentError
from local.servicebus.requests import Request

_OK = 200
_NO_CONTENT = 204


@dataclass(frozen=True, slots=True)
class Reply:
    """What an operation answers when it succeeded."""

    body: Mapping[Value, Value] = field(default_factory=dict)
    status: int = _OK
    description: str = "OK"


NOTHING_FOUND = Reply(status=_NO_CONTENT, description="No content")


class Arguments:
    """The body of a request. Every getter raises ArgumentError when the value is missing or of another type."""

    def __init__(self, request: Request) -> None:
        self._body = request.body if isinstance(request.body, dict) else {}
        self._link = request.properties.get("associated-link-name")

    @property
    def link_name(self) -> str | None:
        """Names the client's link on whose behalf the request is made."""
        return self._link if isinstance(self._link, str) else None

    def number(self, name: str, default: int | None = None) -> int:
        """Gives a whole number."""
        return self._typed(name, int, default)

    def text(self, name: str) -> str:
        """Gives a text."""
        return self._typed(name, str, None)

    def optional_text(self, name: str) -> str | None:
        """Gives a text that may be missing."""
        return self._typed(name, str, None) if self._body.get(name) is not None else None

    def optional_octets(self, name: str) -> bytes | None:
        """Gives octets that may be missing."""
        return self._typed(name, bytes, None) if self._body.get(name) is not None else None

    def mapping(self, name: str) -> dict[Value, Value]:
        """Gives a map."""
        return cast("dict[Value, Value]", self._typed(name, dict, None))

    def numbers(self, name: str) -> list[int]:
        """Gives an array of whole numbers."""
        return self._items(name, int)

    def tokens(self, name: str) -> list[UUID]:
        """Gives an array of lock tokens."""
        return self._items(name, UUID)

    def maps(self, name: str) -> list[dict[Value, Value]]:
        """Gives a list of maps."""
        return cast("list[dict[Value, Value]]", self._items(name, dict))

    def _items[T](self, name: str, kind: type[T]) -> list[T]:
        value = self._body.get(name)
        items = list(value.items) if isinstance(value, Array) else value
        if not isinstance(items, list) or not all(isinstance(item, kind) for item in items):
            raise ArgumentError(_fault(name))
        return cast("list[T]", items)

    def _typed[T](self, name: str, kind: type[T], default: T | None) -> T:
        value = self._body.get(name, default)
        if not isinstance(value, kind):
            raise ArgumentError(_fault(name))
        return value


def _fault(name: str) -> str:
    return f"'{name}' is missing, or is of a type that it cannot have."
