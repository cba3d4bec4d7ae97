"""Holds the twin's own answers against the contract."""

from local.graph.contract.document import Schema
from local.graph.contract.operations import Operation
from local.graph.contract.schemas import faults
from local.graph.exchange import Answer

ERROR: Schema = {"$ref": "#/components/schemas/ODataError"}


def contract_faults(operation: Operation | None, answer: Answer) -> list[str]:
    """Returns where an answer differs from what the contract says of its operation and status."""
    name = operation.id if operation else "an unknown operation"
    try:
        schema = operation.response(answer.status) if operation else ERROR
    except KeyError:
        return [f"{name} has no status {answer.status}"]
    if schema is None or answer.body is None:
        return [] if schema is None and answer.body is None else [f"{name} {answer.status}: body or none is wrong"]
    return list(dict.fromkeys(f"{name} {answer.status}: {fault}" for fault in faults(schema, answer.body)))
