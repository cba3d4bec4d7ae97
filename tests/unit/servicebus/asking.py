"""How tests ask `$management` and read what it answers."""

from local.servicebus.amqp.decode import decode
from local.servicebus.amqp.encode import encode
from local.servicebus.amqp.message import Map
from local.servicebus.amqp.types import Value
from local.servicebus.management.node import ManagementNode
from local.servicebus.requests import Answer, Request

VENDOR = "com.microsoft:"


def ask(node: ManagementNode, operation: str, body: Map, link: str | None = "link") -> Answer:
    """Asks as a client does, and sees to it that the answer can be written."""
    answer = node.answer(Request("id", {"operation": VENDOR + operation, "associated-link-name": link}, body))
    assert decode(encode(answer.body))[0] == answer.body
    return answer


def status(answer: Answer) -> Value:
    return answer.properties["statusCode"]


def condition(answer: Answer) -> Value:
    return answer.properties.get("errorCondition")
