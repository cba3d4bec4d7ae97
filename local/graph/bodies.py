"""Reads request bodies and holds them against the contract: why 400 and 415 for a body."""

import json
from typing import Any

from local.graph.contract.operations import Operation
from local.graph.contract.schemas import SchemaFault, faults
from local.graph.errors import BadRequestError, GraphError, MethodRefusedError, UnsupportedMediaTypeError
from local.graph.exchange import GraphRequest, JsonObject
from local.graph.phones.numbers import bad_format

NO_CONTENT_TYPE = "Write requests (excluding DELETE) must contain the Content-Type header declaration."
NOT_JSON = (
    "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."
)


def read_body(request: GraphRequest, operation: Operation) -> JsonObject:
    """Returns the body of a request that needs one; an empty one for the others, whatever they bring."""
    if operation.request is None:
        return {}
    content_type = request.headers.get("content-type", "")
    if not content_type:
        raise BadRequestError(NO_CONTENT_TYPE)
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaTypeError
    body = _parsed(request.body)
    fault = next(faults(operation.request, body), None)
    if fault is not None:
        raise _refusal(fault, operation)
    return body


def _parsed(body: bytes) -> JsonObject:
    try:
        parsed: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequestError(NOT_JSON) from None
    if not isinstance(parsed, dict):
        raise BadRequestError(NOT_JSON)
    return parsed


def _refusal(fault: SchemaFault, operation: Operation) -> GraphError:
    """Says what is wrong with a body, and never what stands in it: that may be a phone number."""
    phones = "/phoneMethods" in operation.template
    if phones and fault.place == ("phoneNumber",):
        return bad_format()
    error = MethodRefusedError if phones else BadRequestError
    if fault.unknown:
        return error(f"The property '{fault.unknown[0]}' does not exist or cannot be written.")
    if fault.word == "required" or (fault.word == "anyOf" and not fault.place):
        return error("A required property is missing in the request body.")
    return error(f"Invalid value in the request body: {fault}.")
