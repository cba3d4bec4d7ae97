"""Says in words what held a request, and what became of that."""

from collections.abc import Mapping
from typing import Any

from shared.request_hold import HoldState, RequestHold
from shared.tables.hold_text import hold_of

_DECIDED = {HoldState.APPROVED: "approved by", HoldState.CANCELLED: "cancelled by"}


def hold_in(row: Mapping[str, Any]) -> RequestHold | None:
    """Gives the hold of a ledger's row; None where the request was never held."""
    return hold_of(row["hold"]) if row.get("hold") else None


def state_of(row: Mapping[str, Any]) -> str | None:
    """Gives `waiting`, `approved`, `cancelled`, `released`, or the outcome that ended a hold; None without one."""
    hold = hold_in(row)
    if hold is None:
        return None
    if hold.state is HoldState.WAITING and row.get("finished"):
        return "released" if hold.releases_at else str(row.get("outcome"))
    return hold.state.value


def reasons_of(row: Mapping[str, Any]) -> str:
    """Gives the rules that held it; empty where it was never held."""
    hold = hold_in(row)
    return ", ".join(finding.code.replace("_", " ") for finding in hold.findings) if hold else ""


def came_of(row: Mapping[str, Any]) -> str:
    """Gives what people, or time, did about it: `approved by security-desk`."""
    hold = hold_in(row)
    if hold is None:
        return ""
    if hold.decision is not None:
        return f"{_DECIDED[hold.state]} {hold.decision.approver}"
    if row.get("finished"):
        return "released by itself" if hold.releases_at else "nobody approved it"
    if hold.releases_at:
        return f"cools off until {hold.releases_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"waits for approval until {hold.expires_at:%Y-%m-%d %H:%M:%S} UTC"
