"""Reads the ledger's rows as an operator would: one line per request."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure.data.tables.aio import TableServiceClient

from local.demo.hold_words import state_of
from shared.tables.ledger import TABLE
from shared.tables.ledger_rows import BUCKETS, OUTBOX_PREFIX, REQUEST_PREFIX, range_of


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the ledger holds after a run."""

    requests: tuple[Mapping[str, Any], ...]
    unsent_events: int


async def read_ledger(connection: str) -> Ledger:
    """Reads all requests in the order of their first arrival, and counts the events that were not sent."""
    requests: list[Mapping[str, Any]] = []
    unsent = 0
    async with TableServiceClient.from_connection_string(connection) as service:
        table = service.get_table_client(TABLE)
        for bucket in BUCKETS:
            requests += [row async for row in table.query_entities(range_of(REQUEST_PREFIX, bucket))]
            unsent += len([row async for row in table.query_entities(range_of(OUTBOX_PREFIX, bucket))])
    return Ledger(tuple(sorted(requests, key=lambda row: int(row["sequence"]))), unsent)


def with_undone(rows: Iterable[Mapping[str, Any]], told: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Adds to the rows which request an undo takes back, as the events tell it."""
    undone = {event["data"]["requestId"]: event["data"].get("undoes") for event in told if event["data"].get("undoes")}
    return [{**row, "undoes": undone.get(row["requestId"], "")} for row in rows]


def outcome_line(row: Mapping[str, Any]) -> dict[str, Any]:
    """Gives one line of outcomes.jsonl."""
    return {
        "requestId": row["requestId"],
        "outcome": row.get("outcome"),
        "code": row.get("code"),
        "phoneType": row.get("phoneType"),
        "maskedNumber": row.get("maskedNumber"),
        "userId": row.get("userId"),
        "attempts": row.get("attempts"),
        "findings": [finding["code"] for finding in json.loads(row.get("findings", "[]"))],
        "hold": state_of(row),
    }


def write_lines(path: Path, lines: list[dict[str, Any]]) -> None:
    """Writes JSON Lines."""
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
