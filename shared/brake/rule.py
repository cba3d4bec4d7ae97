"""When the brake engages. Pure."""

from collections.abc import Iterable

from shared.brake_state import Entry, Kind
from shared.policy.brake_rules import BrakeRules


def reason_to_stop(entries: Iterable[Entry], rules: BrakeRules) -> str | None:
    """Gives why writing must stop, from what was counted in the window; None where it may go on."""
    entries = tuple(entries)
    writes = {entry.request_key for entry in entries if entry.kind is Kind.WRITE}
    failures = {entry.request_key for entry in entries if entry.kind is not Kind.WRITE}
    refused_users = {entry.user_id for entry in entries if entry.kind is Kind.REFUSAL}
    if len(writes) > rules.changes:
        return f"More than {rules.changes} changes within the window."
    if len(failures) >= rules.failures:
        return f"{len(failures)} failures within the window."
    # A few users whom Graph protects are nothing unusual; most of those who were tried are.
    if len(refused_users) >= rules.refusals and 2 * len(refused_users) > len(writes):
        return f"Microsoft Graph refuses most changes: {len(refused_users)} users within the window."
    return None
