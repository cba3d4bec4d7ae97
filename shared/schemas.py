"""Writes the published JSON Schemas: `python -m shared.schemas docs/schemas`."""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from shared.compliance.summary import Summary
from shared.messages.approval import Approval
from shared.messages.approval_event import ApprovalEnvelope
from shared.messages.brake_event import BrakeEnvelope
from shared.messages.change_request import ChangeRequest
from shared.messages.event_contract import CompletionEnvelope
from shared.messages.exception_event import ExceptionEnvelope
from shared.messages.held_event import HeldEnvelope
from shared.messages.reconcile_event import ReconcileEnvelope
from shared.messages.sweep_event import SweepEnvelope
from shared.policy.model import Policy
from shared.sweep_report.finding_line import FindingLine

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_READ: dict[str, type[BaseModel]] = {"change-request": ChangeRequest, "approval": Approval, "policy": Policy}
_WRITTEN: dict[str, type[BaseModel]] = {
    "completion-event": CompletionEnvelope,
    "held-event": HeldEnvelope,
    "approval-event": ApprovalEnvelope,
    "exception-event": ExceptionEnvelope,
    "brake-event": BrakeEnvelope,
    "reconcile-event": ReconcileEnvelope,
    "sweep-event": SweepEnvelope,
    "sweep-finding": FindingLine,
    "sweep-summary": Summary,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Gives every published schema by its file's name."""
    read = {name: model.model_json_schema(mode="validation") for name, model in _READ.items()}
    written = {name: model.model_json_schema(mode="serialization") for name, model in _WRITTEN.items()}
    return {f"{name}.schema.json": {"$schema": _DIALECT, **schema} for name, schema in {**read, **written}.items()}


def main(folder: str) -> None:
    """Writes all schemas into a folder."""
    for name, schema in schemas().items():
        Path(folder, name).write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "docs/schemas")
