"""What cannot be carried out is told at its first delivery, kept intact, and holds nobody up."""

import json
from typing import Any

import pytest

from shared.phone.phone_type import PhoneType
from tests.fakes.world import ADMIN_ROLE, NEW, OLD, person
from tests.simulation.history import Op
from tests.simulation.honesty import wrong
from tests.simulation.loop import run_jumping
from tests.simulation.scripted import ScriptedSimulation, body_of, ends, put

KIB = 1024
NUMBER = "+49 151 77778888"
DIGITS = "77778888"
VALID = json.loads(body_of("P-1", phoneNumber=NUMBER))


def text(**fields: Any) -> bytes:
    return json.dumps({**VALID, **fields}).encode()


def padded(size: int) -> bytes:
    """Gives a valid request of exactly so many bytes."""
    body = text()
    return body + b" " * (size - len(body))


UNREADABLE = {
    "empty": (b"", "failed", "invalid_json"),
    "no json": (f"number {NUMBER}".encode(), "failed", "invalid_json"),
    "cut short": (text()[:-1], "failed", "invalid_json"),
    "a list": (b"[" + text() + b"]", "failed", "invalid_json"),
    "a text": (json.dumps(NUMBER).encode(), "failed", "invalid_json"),
    "a field twice": (text()[:-1] + b', "dryRun": true, "dryRun": false}', "failed", "invalid_json"),
    "half a character": (text(reason="\ud800"), "failed", "invalid_json"),
    "nested 10,000 deep": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "failed", "invalid_json"),
    "a list nested 30,000 deep": (b"[" * 30_000 + b"]" * 30_000, "failed", "invalid_json"),
    "a number of 5,000 digits": (b'{"a": ' + b"9" * 5_000 + b"}", "failed", "invalid_json"),
    "UTF-16": (text().decode().encode("utf-16"), "failed", "invalid_encoding"),
    "Latin-1": (text().replace(b"INC-1", "Änderung".encode("latin-1")), "failed", "invalid_encoding"),
    "zeros": (bytes(2_000), "failed", "invalid_json"),
    "64 KB + 1": (padded(64 * KIB + 1), "failed", "message_too_large"),
    "256 KB": (padded(256 * KIB), "failed", "message_too_large"),
    "schema 2.0": (text(schemaVersion="2.0"), "failed", "schema_unsupported"),
    "schema 10.3": (text(schemaVersion="10.3"), "failed", "schema_unsupported"),
    "schema as number": (text(schemaVersion=1.0), "rejected", "invalid_request"),
    "schema as word": (text(schemaVersion="newest"), "rejected", "invalid_request"),
    "no fields": (b"{}", "rejected", "invalid_request"),
    "user as text": (text(user="anna@contoso.example"), "rejected", "invalid_request"),
    "two user keys": (text(user={**VALID["user"], "employeeId": "E-1"}), "rejected", "invalid_request"),
    "number as number": (text(phoneNumber=4915177778888), "rejected", "invalid_request"),
    "number as list": (text(phoneNumber=[NUMBER]), "rejected", "invalid_request"),
    "number of 65 signs": (text(phoneNumber=NUMBER + " " * 50), "rejected", "invalid_request"),
    "dryRun as text": (text(dryRun="true"), "rejected", "invalid_request"),
    "unknown operation": (text(operation="replace"), "rejected", "invalid_request"),
    "unknown phone type": (text(phoneType="fax"), "rejected", "invalid_request"),
    "time without offset": (text(requestedAt="2026-11-23T09:00:00"), "rejected", "invalid_request"),
}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown user": ({"user": {"employeeId": "E-0"}}, "user_not_found"),
    "user of another tenant": ({"user": {"userPrincipalName": "anna@fabrikam.example"}}, "user_not_found"),
    "ambiguous user": ({"user": {"employeeId": "E-twins"}}, "user_ambiguous"),
    "protected admin": ({"user": {"userPrincipalName": "admin@contoso.example"}}, "privileged_user"),
    "no number": ({"phoneNumber": "none"}, "invalid_number"),
    "too short a number": ({"phoneNumber": "+49 151"}, "invalid_number"),
    "number of a blocked region": ({"phoneNumber": "+53 5 1234567"}, "region_not_allowed"),
    "premium number": ({"phoneNumber": "+49 900 1234567"}, "number_type_not_allowed"),
    "number with extension": ({"phoneNumber": f"{NUMBER} x12"}, "extension_not_allowed"),
    "unknown requester": ({"requestedBy": "nobody"}, "requester_not_allowed"),
    "forbidden operation": (
        {"requestedBy": "servicedesk", "operation": "remove", "phoneNumber": None},
        "requester_not_allowed",
    ),
    "made in the future": ({"requestedAt": "2026-11-24T09:00:00Z"}, "requested_in_future"),
    "other number than named": ({"ifCurrent": "+49 151 11112222"}, "current_number_differs"),
    "alternate without mobile": (
        {"user": {"employeeId": "E-new"}, "phoneType": "alternateMobile"},
        "mobile_required",
    ),
}


def company() -> list[Any]:
    return [
        person("anna", phones={PhoneType.MOBILE: OLD}),
        person("admin", roles=(ADMIN_ROLE,)),
        person("new"),
        person("castor", employee_id="E-twins"),
        person("pollux", employee_id="E-twins"),
    ]


def handled(body: bytes) -> ScriptedSimulation:
    """Sends a message, and a good request of the same user behind it."""
    simulation = ScriptedSimulation(company())

    async def work() -> None:
        simulation.broker.put(body, "P-1", "anna@contoso.example")
        put(simulation, "R-1")
        (poison, _) = list(simulation.broker.active)
        await simulation.drained()
        assert poison.deliveries == 1

    run_jumping(work())
    assert wrong(simulation) == []
    return simulation


def told_without_the_number(simulation: ScriptedSimulation) -> None:
    told = "".join(event.id + event.body for event in simulation.broker.topic.values())
    described = "".join(verdict.message for _, verdict in simulation.broker.parked.values())
    assert DIGITS not in (told + described).replace(" ", "")


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_is_no_request_is_kept_intact_at_first_sight_and_holds_nobody_up(kind: str) -> None:
    body, outcome, code = UNREADABLE[kind]
    simulation = handled(body)
    assert [end[1:] for end in ends(simulation)] == [(outcome, code), ("changed", "replaced")]
    assert [message.body for message, _ in simulation.broker.parked.values()] == [body]
    assert [verdict.code for _, verdict in simulation.broker.parked.values()] == [code]
    told_without_the_number(simulation)


@pytest.mark.parametrize("kind", REFUSED)
def test_what_may_not_be_done_is_refused_at_first_sight_and_nothing_is_written(kind: str) -> None:
    fields, code = REFUSED[kind]
    simulation = handled(text(**fields))
    assert ends(simulation) == [("P-1", "rejected", code), ("R-1", "changed", "replaced")]
    assert simulation.broker.parked == {}
    assert [happening["value"] for happening in simulation.history.of(Op.WRITE)] == [NEW]
    told_without_the_number(simulation)


def test_the_largest_message_that_can_be_a_request_is_one() -> None:
    simulation = handled(padded(64 * KIB))
    assert ends(simulation)[0] == ("P-1", "changed", "replaced")


def test_a_hundred_poisonous_messages_are_a_hundred_for_a_person_and_no_more() -> None:
    simulation = ScriptedSimulation(company())

    async def work() -> None:
        for number in range(100):
            simulation.broker.put(b"no json", f"P-{number}", "anna@contoso.example")
        await simulation.drained(workers=4)

    run_jumping(work())
    assert wrong(simulation) == []
    assert len(simulation.broker.parked) == len(ends(simulation)) == 100
