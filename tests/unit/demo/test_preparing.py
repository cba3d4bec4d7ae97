"""What was given is read and checked before anything starts, and refused in a sentence."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.demo.folder import DemoFolder
from local.demo.preparing import POLICY, SEED, Given, prepared
from local.demo.run import DemoInput
from local.serving import CannotStartError
from shared.errors import PolicyError

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANNA = {"userPrincipalName": "anna@contoso.example", "usageLocation": "DE"}


def written(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def ready(folder: Path, feed: Path | None = None, tenant: Path | None = None, policy: Path = POLICY) -> DemoInput:
    given = Given.read(feed, tenant, policy, NOW)
    out = DemoFolder(folder / "out", [path for path in (feed, tenant) if path])
    with out.cleared():
        return prepared(given, out, SEED, Console(file=io.StringIO()))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("hello", "is not JSON: line 1, column 1"),
        ("", "is not JSON"),
        ("null", "must be an object with users, or a list"),
        ({"people": []}, "it has no users"),
        (
            {"users": [ANNA, {**ANNA, "userPrincipalName": "ANNA@contoso.example"}]},
            "the same userPrincipalName as user 1",
        ),
        (
            {"users": [{**ANNA, "id": "x"}, {"userPrincipalName": "b@contoso.example", "id": "x"}]},
            "the same id as user 1",
        ),
        ({"users": [{"displayName": "Anna"}]}, "user 1 .Anna. has no userPrincipalName"),
        ({"users": [{**ANNA, "phoneMethods": [{"phoneType": "pager"}]}]}, "'pager' is unknown"),
        ({"users": [{**ANNA, "employeeId": 7}]}, None),
        ("[" * 100_000, "nested too deeply"),
        (
            '{"users": [{"userPrincipalName": "a", "employeeId": ' + "1" * 5000 + "}]}",
            "nested too deeply",
        ),
        ('{"users": [{"userPrincipalName": "\\ud800@x"}]}', "cannot be used: .* surrogates not allowed"),
        ({"users": []}, "nobody to make up requests for, enabled and with a usageLocation: give a feed as well"),
        ({"users": [{"userPrincipalName": "a@b.example"}]}, "nobody to make up requests for"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_tenant_is_read_or_refused_with_the_reason(tmp_path: Path, content: object, sentence: str | None) -> None:
    tenant = written(tmp_path / "tenant.json", content)
    if sentence is None:
        assert ready(tmp_path, tenant=tenant).messages
        return
    with pytest.raises(CannotStartError, match=sentence):
        ready(tmp_path, tenant=tenant)


@pytest.mark.parametrize("content", ["", "nope", [], {}, {"version": "1", "typo": 1}, "[" * 100_000])
def test_a_policy_is_refused_with_the_reason(tmp_path: Path, content: object) -> None:
    policy = written(tmp_path / "policy.json", content)
    with pytest.raises((PolicyError, CannotStartError), match=r"policy\.json"):
        ready(tmp_path, policy=policy)


def test_a_tenant_without_users_still_meets_a_feed(tmp_path: Path) -> None:
    """Every request about nobody is refused by the function, and that is an outcome."""
    feed = written(tmp_path / "feed.csv", "operation,employeeId\nremove,1\n")
    tenant = written(tmp_path / "tenant.json", {"users": []})
    assert len(ready(tmp_path, feed, tenant).messages) == 1


def test_a_feed_without_a_row_that_can_be_sent_starts_nothing_and_its_faults_are_kept(tmp_path: Path) -> None:
    feed = written(tmp_path / "feed.csv", "operation,employeeId\nremove\n")
    with pytest.raises(CannotStartError, match="No row of the feed can be sent"):
        ready(tmp_path, feed)
    left_out = (tmp_path / "out" / "left-out.jsonl").read_text(encoding="utf-8")
    assert json.loads(left_out) == {"line": 2, "reason": "it has 1 cells where the header has 2"}


def test_what_was_given_is_not_written_over_when_it_lies_in_the_folder_itself(tmp_path: Path) -> None:
    ready(tmp_path)
    feed, tenant = tmp_path / "out" / "feed.csv", tmp_path / "out" / "tenant.json"
    before: list[Any] = [feed.read_bytes(), tenant.read_bytes()]
    found = ready(tmp_path, feed, tenant)
    assert [feed.read_bytes(), tenant.read_bytes()] == before
    assert found.folder.tenant.name == "tenant-2.json"
