"""What the documents say of permissions is what the table of calls says."""

import re
from pathlib import Path

from shared.graph.permissions import ENDPOINTS, MAIL_BY_EXCHANGE_RBAC, Identity, endpoints_of, permissions_of

ROOT = Path(__file__).parent.parent.parent
ROW = re.compile(r"^\| `([A-Z]+ /\S+)` \| (.+) \| ([a-z, ]+) \|$", re.MULTILINE)


def test_the_document_says_of_every_call_what_it_needs_and_who_makes_it() -> None:
    rows = ROW.findall((ROOT / "docs" / "permissions.md").read_text(encoding="utf-8"))
    assert [call for call, _, _ in rows] == [f"{each.method} {each.path}" for each in ENDPOINTS]
    for (call, permissions, who), endpoint in zip(rows, ENDPOINTS, strict=True):
        named = {*endpoint.least_permissions, *endpoint.optional_permissions} - {MAIL_BY_EXCHANGE_RBAC}
        assert set(re.findall(r"`([^`]+)`", permissions)) == named, call
        assert who == ", ".join(sorted(endpoint.identities)), call


def test_the_sweep_may_only_read() -> None:
    granted = {*permissions_of(Identity.SWEEP), *(n for each in ENDPOINTS for n in each.optional_permissions)}
    assert [name for name in granted if "Write" in name or ".Read." not in name] == []
    assert {each.method for each in endpoints_of(Identity.SWEEP)} == {"GET", "POST"}
    assert [each.path for each in endpoints_of(Identity.SWEEP) if each.method == "POST"] == ["/$batch"]
