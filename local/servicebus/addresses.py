"""What a link's address names: `amqps://host:port/queue/$DeadLetterQueue`, `$cbs` or `topic/$management`."""

from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

_MANAGEMENT = "/$management"


class NodeKind(Enum):
    """What is behind an address."""

    ENTITY = auto()
    MANAGEMENT = auto()
    TOKENS = auto()


@dataclass(frozen=True, slots=True)
class Address:
    """A node, and the entity that it belongs to; paths keep their case, and are compared without it."""

    kind: NodeKind
    path: str = ""

    @property
    def key(self) -> tuple[NodeKind, str]:
        """Gives what is the same for two ways to write one address."""
        return self.kind, self.path.lower()


def parse_address(told: object) -> Address:
    """Reads an address; what is no text names no entity, and is not found as such."""
    text = told if isinstance(told, str) else ""
    path = _path(text).strip("/")
    if path.lower() == "$cbs":
        return Address(NodeKind.TOKENS)
    if path.lower().endswith(_MANAGEMENT):
        return Address(NodeKind.MANAGEMENT, path[: -len(_MANAGEMENT)])
    return Address(NodeKind.ENTITY, path)


def _path(text: str) -> str:
    if "://" not in text:
        return text
    try:
        return urlsplit(text).path
    except ValueError:
        # What is no URL is looked up as it stands, and not found.
        return text
