"""The script that grants Graph permissions does what the template does, once, and only to managed identities."""

import json
import re
from pathlib import Path

import pytest

from shared.graph.permissions import Identity, permissions_of
from tests.infra.bicep_text import BICEP, code_of
from tests.infra.fake_azure_cli import FakeAzure

NAMES = json.loads((BICEP / "names.json").read_text(encoding="utf-8"))["graph"]
CHANGES, SWEEP = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
BOTH = ("--changes", CHANGES, "--sweep", SWEEP)
MANAGED = {CHANGES: "ManagedIdentity", SWEEP: "ManagedIdentity"}
SCRIPT = "grant_graph_permissions.sh"


@pytest.fixture
def azure(tmp_path: Path) -> FakeAzure:
    azure = FakeAzure(tmp_path)
    azure.install(kinds=MANAGED)
    return azure


def roles(*permissions: str) -> list[str]:
    return [NAMES["appRoles"][name] for name in permissions]


def test_it_grants_each_identity_what_its_calls_need(azure: FakeAzure) -> None:
    ended = azure.run(SCRIPT, *BOTH)
    assert ended.returncode == 0, ended.stderr
    assert azure.told("granted") == {
        CHANGES: roles(*permissions_of(Identity.CHANGES)),
        SWEEP: roles(*permissions_of(Identity.SWEEP)),
    }


def test_once_more_it_grants_nothing(azure: FakeAzure) -> None:
    azure.run(SCRIPT, *BOTH)
    before = azure.told("granted")
    ended = azure.run(SCRIPT, *BOTH)
    assert ended.returncode == 0
    assert azure.told("granted") == before
    assert ", granted\n" not in ended.stdout


def test_leaver_dates_are_granted_to_the_sweep_when_they_are_asked_for(azure: FakeAzure) -> None:
    assert azure.run(SCRIPT, *BOTH, "--with-leaver-dates").returncode == 0
    granted = azure.told("granted")
    assert isinstance(granted, dict)
    assert set(granted[SWEEP]) - set(roles(*permissions_of(Identity.SWEEP))) == set(
        roles(*NAMES["grants"]["sweepOptional"])
    )
    assert granted[CHANGES] == roles(*permissions_of(Identity.CHANGES))


def test_a_dry_run_tells_and_grants_nothing(azure: FakeAzure) -> None:
    ended = azure.run(SCRIPT, *BOTH, "--dry-run")
    assert ended.returncode == 0
    assert azure.told("granted") == {}
    assert len(re.findall("would be granted", ended.stdout)) == sum(len(permissions_of(each)) for each in Identity)
    assert [call for call in azure.calls() if "post" in call] == []


def test_an_identity_that_has_more_than_it_needs_is_told(azure: FakeAzure) -> None:
    mail_send = "b633e1c5-b582-4048-a93e-9f11b44c7e96"
    azure.install(kinds=MANAGED, granted={CHANGES: [mail_send]})
    ended = azure.run(SCRIPT, *BOTH)
    assert ended.returncode == 3
    assert mail_send in ended.stderr


@pytest.mark.parametrize("kind", ["Application", "SocialIdp"])
def test_nothing_is_granted_to_what_is_no_managed_identity(azure: FakeAzure, kind: str) -> None:
    azure.install(kinds={**MANAGED, CHANGES: kind})
    ended = azure.run(SCRIPT, *BOTH)
    assert ended.returncode == 1
    assert azure.told("granted") == {}
    assert "no managed identity" in ended.stderr


def test_a_client_id_in_place_of_an_object_id_is_told(azure: FakeAzure) -> None:
    azure.install(kinds={})
    ended = azure.run(SCRIPT, *BOTH)
    assert ended.returncode == 1
    assert "not the client id" in ended.stderr


def test_it_says_when_nobody_is_signed_in(azure: FakeAzure) -> None:
    azure.install(signed_in=False)
    ended = azure.run(SCRIPT, *BOTH)
    assert ended.returncode == 1
    assert "az login" in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--changes", CHANGES),
        ("--changes",),
        ("--changes", "hr", "--sweep", SWEEP),
        ("--changes", CHANGES, "--sweep", CHANGES),
        (*BOTH, "--all"),
    ],
)
def test_it_does_nothing_when_it_is_called_wrongly(azure: FakeAzure, arguments: tuple[str, ...]) -> None:
    assert azure.run(SCRIPT, *arguments).returncode == 2
    assert azure.calls() == []


def test_the_template_grants_from_the_same_lists() -> None:
    code = code_of(BICEP / "graph-permissions.bicep")
    assert "var names = loadJsonContent('names.json')" in code
    assert set(re.findall(r"names\.graph\.grants\.(\w+)", code)) == set(NAMES["grants"])
    assert re.search(r"map\(names\.graph\.grants\.changes, permission => \{ principalId: changesPrincipalId", code)
    assert re.search(r"withLeaverDates \? names\.graph\.grants\.sweepOptional : \[\]", code)
    assert "appRoleId: names.graph.appRoles[grant.permission]" in code


def test_a_permission_of_another_application_is_told_as_surplus(azure: FakeAzure) -> None:
    """Mail.Send of Exchange Online counts for every mailbox, as that of Microsoft Graph does."""
    azure.install(kinds=MANAGED, elsewhere={CHANGES: "Office 365 Exchange Online b633e1c5"})
    ended = azure.run(SCRIPT, *BOTH)
    assert ended.returncode == 3
    assert "changes has permissions of other applications" in ended.stderr
