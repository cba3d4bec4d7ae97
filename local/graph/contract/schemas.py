"""Checks bodies against the contract: what the twin takes, and in strict mode what it says.

OpenAPI lets an object have properties that its schema does not name. Here it may not: a misspelt property in an
answer must be found out, and Graph refuses unknown ones in a request.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from openapi_schema_validator import OAS30Validator, oas30_strict_format_checker

from local.graph.contract.document import Schema, document, merged, resolved

ANNOTATIONS = ("context", "count", "etag", "id", "nextLink", "type")
NULL_ONLY: Schema = {"enum": [None], "nullable": True}


@dataclass(frozen=True)
class SchemaFault:
    """Where a body differs from its schema, and which of the schema's words it does not meet."""

    place: tuple[str, ...]
    word: str
    unknown: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Says it in one line that never repeats the value, which may be a phone number."""
        return f"{'/'.join(self.place) or 'the body'}: {self.word} is not met"


def faults(schema: Schema, body: object) -> Iterator[SchemaFault]:
    """Yields where the body differs from the schema."""
    for error in _validator(schema).iter_errors(body):
        known = error.schema.get("properties", {}) if error.validator == "additionalProperties" else error.instance
        unknown = sorted(error.instance.keys() - known.keys()) if isinstance(error.instance, dict) else []
        yield SchemaFault(tuple(map(str, error.absolute_path)), str(error.validator), tuple(unknown))


# By the identity of the schema, which stays the same as long as it is kept here: the contract is read once.
_VALIDATORS: dict[int, tuple[Schema, OAS30Validator]] = {}


def _validator(schema: Schema) -> OAS30Validator:
    """Makes the validator of a schema once: making it takes longer than most bodies do."""
    kept = _VALIDATORS.get(id(schema))
    if kept is None:
        whole = {**closed(schema), "components": {"schemas": _closed_components()}}
        kept = schema, OAS30Validator(whole, format_checker=oas30_strict_format_checker)
        _VALIDATORS[id(schema)] = kept
    return kept[1]


@cache
def _closed_components() -> dict[str, Schema]:
    return {name: closed(schema) for name, schema in document()["components"]["schemas"].items()}


def closed(node: Schema) -> Schema:
    """Returns the schema with its objects closed to properties that it does not name."""
    if "$ref" in node:
        return node
    if "anyOf" in node and "properties" not in node:
        return {**node, "anyOf": [_alternative(option) for option in node["anyOf"]]}
    if "items" in node:
        return {**node, "items": closed(node["items"])}
    whole = merged(node)
    return _closed_object(whole) if "properties" in whole else whole


def _alternative(option: Schema) -> Schema:
    # OpenAPI 3.0 writes "or null" as `anyOf: [$ref, {type: object, nullable: true}]`, which would let all pass.
    return NULL_ONLY if option == {"type": "object", "nullable": True} else closed(option)


def _closed_object(whole: Schema) -> Schema:
    annotations: dict[str, Any] = {f"@odata.{name}": {} for name in ANNOTATIONS}
    properties = {name: closed(schema) for name, schema in whole["properties"].items()}
    return {"additionalProperties": False, **whole, "properties": annotations | properties}


def response_schema(response: Schema) -> Schema | None:
    """Returns the schema of a response's JSON body; None where it has no body."""
    content = resolved(response).get("content", {})
    return content["application/json"]["schema"] if content else None
