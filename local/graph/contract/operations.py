"""Which operation a request means, and what the contract says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from local.graph.contract.document import Schema, document, resolved
from local.graph.contract.schemas import response_schema
from local.graph.errors import BadRequestError, GraphError, MethodNotAllowedError, NotFoundError
from local.graph.workloads import Workload, workload_of

METHODS = ("get", "post", "patch", "put", "delete")
BATCH = "batch"
NAMESPACE = "microsoft.graph."
NAMESPACE_ALIAS = "graph."  # as the generated clients write a cast
# What the gateway said when clients of the old beta still used PUT: microsoft-graph-docs-contrib#3981.
NO_PUT = "No HTTP resource was found that matches the request URI."
APP_ONLY = "/me request is only valid with delegated authentication flow."


@dataclass(frozen=True)
class Operation:
    """One method on one path template. An empty set of permissions lets any token in."""

    id: str
    method: str
    template: str
    permissions: frozenset[str]
    query_options: frozenset[str]
    request: Schema | None
    responses: Mapping[str, Schema | None]
    workload: Workload

    def response(self, status: int) -> Schema | None:
        """Returns the schema of a status, exact or by its class. Raises KeyError where the contract has none."""
        exact = str(status)
        return self.responses[exact if exact in self.responses else f"{exact[0]}XX"]


@dataclass(frozen=True)
class Target:
    """An operation and the values in its path, by the names in the template."""

    operation: Operation
    values: Mapping[str, str]


def find(method: str, segments: tuple[str, ...]) -> Target:
    """Finds what a request means, or raises what Graph answers where it means nothing."""
    if segments and segments[0].lower() == "me":
        raise BadRequestError(APP_ONLY)
    matching = [(template, values) for template in templates() if (values := _match(template, segments)) is not None]
    if not matching:
        raise BadRequestError(_unknown_segment(segments))
    template, values = matching[0]
    operation = templates()[template].get(method)
    if operation is None:
        raise _wrong_method(method, template)
    return Target(operation, values)


@cache
def templates() -> dict[str, dict[str, Operation]]:
    """Returns all operations by path template and method."""
    return {template: _operations(template, item) for template, item in document()["paths"].items()}


def _operations(template: str, item: Mapping[str, Any]) -> dict[str, Operation]:
    return {method.upper(): _operation(template, method, item[method]) for method in METHODS if method in item}


def _operation(template: str, method: str, described: Mapping[str, Any]) -> Operation:
    permissions = described.get("x-ms-application-permissions", {})
    parameters = [resolved(parameter) for parameter in described.get("parameters", [])]
    body = described.get("requestBody")
    return Operation(
        id=described["operationId"],
        method=method.upper(),
        template=template,
        permissions=frozenset(permissions.get("leastPrivileged", []) + permissions.get("alsoWorks", [])),
        query_options=frozenset(each["name"] for each in parameters if each["in"] == "query"),
        request=body["content"]["application/json"]["schema"] if body else None,
        responses={status: response_schema(response) for status, response in described["responses"].items()},
        workload=workload_of(template),
    )


def _match(template: str, segments: tuple[str, ...]) -> dict[str, str] | None:
    parts = template.strip("/").split("/")
    return _values(parts, segments) if len(parts) == len(segments) else None


def _values(parts: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    values = {}
    for part, segment in zip(parts, segments, strict=True):
        if part.startswith("{"):
            values[part.strip("{}")] = segment
        elif segment.lower() not in _spellings(part):
            return None
    return values


def _spellings(part: str) -> set[str]:
    """Returns how a segment may be written: a type by either name of its namespace, an action with or without it."""
    bare = part.lower().removeprefix(NAMESPACE)
    return {part.lower(), f"{NAMESPACE}{bare}", f"{NAMESPACE_ALIAS}{bare}"}


def _unknown_segment(segments: tuple[str, ...]) -> str:
    """Names the first segment that leads out of every template."""
    wrong = next((count for count in range(1, len(segments)) if not leads_on(segments[:count])), len(segments))
    return f"Resource not found for the segment '{segments[wrong - 1] if segments else ''}'."


def leads_on(beginning: Sequence[str]) -> bool:
    """Tells whether a path may begin like this."""
    starts = (template.strip("/").split("/")[: len(beginning)] for template in templates())
    return any(len(start) == len(beginning) and _values(start, beginning) is not None for start in starts)


def _wrong_method(method: str, template: str) -> GraphError:
    if method == "PUT" and "/phoneMethods/" in template:
        return NotFoundError(NO_PUT)
    return MethodNotAllowedError()
