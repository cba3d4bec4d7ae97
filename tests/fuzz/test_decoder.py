"""Whatever lies on the queue is a change request or unreadable, with a code and without a value."""

import json
import random
from typing import Any

import pytest
from hypothesis import given

from shared.codes import Code
from shared.messages.change_request import ChangeRequest
from shared.messages.decode import Unreadable, decode
from shared.messages.fingerprint import fingerprint
from tests.fakes.world import KEY, World
from tests.fuzz.odd_inputs import DECODED, SMALL, any_bytes, by_the_thousand, json_texts, mutated, seed

WORLD = World()
MARK = "15177778888"
VALID: tuple[Any, ...] = (
    WORLD.request(phoneNumber=f"+49 {MARK}"),
    WORLD.request(
        phoneNumber=f"+49 {MARK}",
        ifCurrent="+49 151 11112222",
        region="DE",
        phoneType="office",
        expiresAt="2026-12-01T09:00:00+01:00",
        dryRun=True,
    ),
    WORLD.request(operation="remove", phoneNumber=None, user={"employeeId": "E-1"}),
)
_CODES = {
    Code.INVALID_REQUEST,
    Code.INVALID_ENCODING,
    Code.INVALID_JSON,
    Code.MESSAGE_TOO_LARGE,
    Code.SCHEMA_UNSUPPORTED,
}


def check(body: bytes) -> None:
    """Decodes a body, and looks at what came of it."""
    message = WORLD.raw(body, "M-1")
    found = decode(message)
    if isinstance(found, ChangeRequest):
        _comes_back_as_it_was(found)
        return
    assert isinstance(found, Unreadable)
    assert found.code in _CODES
    assert found.detail
    assert MARK[-8:] not in found.detail
    assert MARK not in found.request_id


def _comes_back_as_it_was(request: ChangeRequest) -> None:
    again = decode(WORLD.raw(_written(request), "M-1"))
    assert again == request
    assert isinstance(again, ChangeRequest)
    assert fingerprint(again, KEY) == fingerprint(request, KEY)


def _written(request: ChangeRequest) -> bytes:
    fields = request.model_dump(mode="json", by_alias=True)
    for name, secret in (("phoneNumber", request.phone_number), ("ifCurrent", request.if_current)):
        fields[name] = secret.get_secret_value() if secret else None
    return json.dumps(fields).encode()


@SMALL
@given(any_bytes)
def test_any_bytes_are_a_request_or_unreadable(body: bytes) -> None:
    check(body)


@SMALL
@given(json_texts)
def test_any_json_is_a_request_or_unreadable(body: bytes) -> None:
    check(body)


@SMALL
@given(mutated(VALID[1]))
def test_a_request_with_one_field_changed_is_a_request_or_unreadable(fields: Any) -> None:
    check(json.dumps(fields).encode())


@SMALL
@given(mutated(VALID[0]))
def test_the_detail_holds_no_value_of_the_message(fields: Any) -> None:
    """Every value of the message is one word that nothing else contains."""
    marked = {name: _marked(value) for name, value in fields.items()} if isinstance(fields, dict) else fields
    found = decode(WORLD.raw(json.dumps(marked).encode(), "M-1"))
    assert isinstance(found, Unreadable)
    assert "zebra" not in found.detail


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _marked(inner) for name, inner in value.items()}
    return [_marked(inner) for inner in value] if isinstance(value, list) else f"zebra {value}"


def test_every_valid_request_is_one() -> None:
    """Without this the tests around it could pass on refusals alone."""
    assert all(isinstance(decode(WORLD.raw(json.dumps(fields).encode())), ChangeRequest) for fields in VALID)


@pytest.mark.long
def test_odd_messages_by_the_hundred_thousand_are_requests_or_unreadable() -> None:
    rng = random.Random(seed())  # noqa: S311 - a seed, no secret
    for body in by_the_thousand(VALID, DECODED, rng):
        check(body)
