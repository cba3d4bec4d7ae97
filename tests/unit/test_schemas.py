"""The published schemas say what the code does."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError, validate

from shared.schemas import schemas
from tests.fakes.world import World, policy

ROOT = Path(__file__).parent.parent.parent
PUBLISHED = ROOT / "docs" / "schemas"


def published(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((PUBLISHED / f"{name}.schema.json").read_text(encoding="utf-8"))
    return schema


@pytest.mark.parametrize("name", schemas())
def test_the_published_schema_is_the_one_that_the_models_give(name: str) -> None:
    """`make schemas` writes them anew."""
    assert json.loads((PUBLISHED / name).read_text(encoding="utf-8")) == schemas()[name]
    Draft202012Validator.check_schema(schemas()[name])


@pytest.mark.parametrize("file", ["change-request-1.0.json", "change-request-1.0-minimal.json"])
def test_the_golden_requests_fit_the_published_schema(file: str) -> None:
    validate(json.loads((ROOT / "tests" / "golden" / file).read_text(encoding="utf-8")), published("change-request"))


def test_the_golden_approval_fits_the_published_schema() -> None:
    approval = json.loads((ROOT / "tests" / "golden" / "approval-1.0.json").read_text(encoding="utf-8"))
    validate(approval, published("approval"))
    with pytest.raises(ValidationError):
        validate({**approval, "holdId": None}, published("approval"))


@pytest.mark.parametrize(
    "fields",
    [
        {"operation": "replace"},
        {"operation": "undo"},
        {"undoes": "R-0"},
        {"operation": "undo", "undoes": "R-0"},
        {"operation": "remove"},
        {"phoneNumber": None},
        {"user": {}},
        {"user": {"userPrincipalName": "a@b.example", "employeeId": "1"}},
        {"requestId": "a b"},
    ],
)
def test_the_published_schema_refuses_what_the_contract_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        validate(World().request(**fields), published("change-request"))


def test_the_shipped_policy_fits_the_published_schema() -> None:
    validate(json.loads((ROOT / "policy.json").read_text(encoding="utf-8")), published("policy"))


async def test_the_events_of_outcomes_fit_the_published_schema() -> None:
    world = World()
    await world.service.handle(world.message())
    await world.service.handle(world.message("R-2", operation="remove", phoneNumber=None))
    await world.service.handle(world.raw(b"x", "R-3"))
    for index in range(3):
        validate(world.event(index), published("completion-event"))


async def test_the_events_of_the_brake_and_of_exceptions_fit_the_published_schemas() -> None:
    world = World()
    await world.brake.engage("anna", "Stop.")
    await world.brake.resume("anna", "Go on.")
    for index in range(2):
        validate(world.event(index), published("brake-event"))
    golden = ROOT / "tests" / "golden" / "exception-event-1.0.json"
    validate(json.loads(golden.read_text(encoding="utf-8")), published("exception-event"))


async def test_the_events_of_a_hold_fit_the_published_schemas() -> None:
    world = World(loaded_policy=policy(tripwires={"coolDown": "P1D"}))
    await world.service.handle(world.message())
    await world.service.handle(world.message("R-2", phoneNumber="+49 151 11112222"))
    validate(world.event(), published("held-event"))
    await world.approvals.handle(world.approval("R-2"))
    validate(world.event(), published("approval-event"))
    await world.approvals.handle(world.raw(b"x", "A-2"))
    validate(world.event(), published("approval-event"))
