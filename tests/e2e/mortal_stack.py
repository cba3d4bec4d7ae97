"""The stack as it must be so that its programs may be killed: state on disk, and locks that run out soon."""

import json
from pathlib import Path
from typing import Any

from local.stack import SERVICEBUS_CONFIG, StackOptions
from tests.fakes.directory import Person
from tests.fakes.world import POLICY
from tests.simulation.worker import RULES

LOCK_SECONDS = 10
SETTINGS = {
    "OUTBOX_SCHEDULE": "*/5 * * * * *",
    # One pass must fit: four calls of Graph, the minute in which a lost write may land, and the vault's time.
    "GRAPH_TIMEOUT_SECONDS": "4",
    "GRAPH_CONCURRENCY": "8",
    "READ_BACK_SECONDS": "10",
    "PROCESS_BUDGET_SECONDS": "120",
    "IN_PLACE_WAIT_SECONDS": "2",
}


def options(folder: Path, people: list[Person]) -> StackOptions:
    """Describes the stack: its state on disk, locks that run out soon, and no limit to deliveries that a kill burns."""
    files = {"tenant.json": _tenant(people), "policy.json": {**POLICY, **RULES}, "servicebus.json": _service_bus()}
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return StackOptions(
        folder / "tenant.json",
        folder,
        folder / "policy.json",
        servicebus_config=folder / "servicebus.json",
        settings=SETTINGS,
        durable=True,
    )


def _tenant(people: list[Person]) -> dict[str, Any]:
    users = [
        {
            "id": person.user.id,
            "userPrincipalName": person.user.user_principal_name,
            "displayName": person.user.display_name,
            "employeeId": person.employee_id,
            "usageLocation": person.user.usage_location,
            "mail": person.user.mail,
            "phoneMethods": [
                {"phoneType": phone_type, "phoneNumber": number.in_clear()}
                for phone_type, number in person.phones.items()
            ],
        }
        for person in people
    ]
    return {"users": users, "graph": {"latencyMs": [5, 100]}}


def _service_bus() -> dict[str, Any]:
    config: dict[str, Any] = json.loads(SERVICEBUS_CONFIG.read_text(encoding="utf-8"))
    (topic,) = config["topics"]
    for entity in [*config["queues"], *topic["subscriptions"]]:
        entity["properties"] |= {"lockDuration": f"PT{LOCK_SECONDS}S", "maxDeliveryCount": 1000}
    # The shortest that Service Bus has: copies of an event that come later are seen, and must be equal.
    topic["properties"]["duplicateDetectionHistoryTimeWindow"] = "PT20S"
    return config
