"""Answers of a far end, in Graph's form."""

import json
from collections.abc import Mapping
from typing import Any

from tests.contract.directory.far_end import answer


def listed(*rows: Mapping[str, Any], next_link: str = "") -> bytes:
    """Writes a page of a list."""
    return answer(200, json.dumps({"value": rows, **({"@odata.nextLink": next_link} if next_link else {})}))


def refused(status: int, code: str, **headers: str) -> bytes:
    """Writes an error."""
    body = json.dumps({"error": {"code": code, "message": "+44 7400123450 is what this is about"}})
    return answer(status, body, headers=headers)
