"""The contract as it is read from `graph-openapi.yaml` and from our additions to it."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from local.graph.exchange import JsonObject

FILE = Path(__file__).parents[1] / "graph-openapi.yaml"
ADDITIONS = FILE.with_name("graph-openapi-additions.yaml")
Schema = dict[str, Any]


@cache
def document() -> JsonObject:
    """Reads the contract once. Nobody changes what this returns."""
    contents, additions = _read(FILE), _read(ADDITIONS)
    contents["paths"] |= additions["paths"]
    contents["components"]["schemas"] |= additions["components"]["schemas"]
    return contents


def _read(file: Path) -> JsonObject:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    contents: JsonObject = yaml.load(file.read_text("utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders
    return contents


def resolved(node: Schema) -> Schema:
    """Follows a $ref to what it stands for."""
    while "$ref" in node:
        target: Any = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def merged(node: Schema) -> Schema:
    """Turns a schema made of allOf parts into one object schema; a later part wins over an earlier one."""
    node = resolved(node)
    if "allOf" not in node:
        return node
    whole: Schema = {"type": "object", "properties": {}, "required": []}
    for part in map(merged, node["allOf"]):
        whole["properties"] |= part.get("properties", {})
        whole["required"] += part.get("required", [])
    return whole if whole["required"] else {key: value for key, value in whole.items() if key != "required"}


@cache
def properties_of(type_name: str) -> dict[str, Schema]:
    """Returns the properties of one of Graph's types, inherited ones too, annotations left out."""
    properties = merged(document()["components"]["schemas"][f"microsoft.graph.{type_name}"])["properties"]
    return {name: schema for name, schema in properties.items() if not name.startswith("@odata.")}
