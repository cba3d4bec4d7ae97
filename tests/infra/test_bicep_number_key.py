"""The script that puts the key of the number hashes into the vault draws it once, and shows it to nobody."""

import base64
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.settings_checks import hmac_key, hmac_keys
from tests.infra.fake_azure_cli import FakeAzure

SCRIPT = "set_number_key.sh"
NAMED = {"KEY_VAULT_NAME": "kv-mfa-x", "FUNCTION_APP_NAME": "func-x", "AZURE_RESOURCE_GROUP": "rg-x", "KEY_PAUSE": "0"}
KEY, PREVIOUS = "number-hmac-key", "number-hmac-previous-keys"
OLD = base64.b64encode(bytes(range(32))).decode()
OLDER = base64.b64encode(bytes(range(1, 33))).decode()


@pytest.fixture
def azure(tmp_path: Path) -> FakeAzure:
    azure = FakeAzure(tmp_path)
    azure.install()
    return azure


def secrets(azure: FakeAzure) -> dict[str, str]:
    told = azure.told("secrets")
    assert isinstance(told, dict)
    return told


def refreshed(azure: FakeAzure) -> bool:
    return any("appsettings/refresh" in text for call in azure.calls() for text in call)


def test_where_the_app_reads_its_key_already_nobody_needs_a_right_in_the_vault(azure: FakeAzure) -> None:
    """It runs at every provisioning, and after the first one nobody has that right any more."""
    azure.install(reference="Resolved", forbidden=100)
    ended = azure.run(SCRIPT, **NAMED)
    assert (ended.returncode, secrets(azure), refreshed(azure)) == (0, {}, False)
    assert [call for call in azure.calls() if call[0] == "keyvault"] == []


def test_the_key_is_one_that_the_app_takes_and_the_app_reads_it_anew(azure: FakeAzure) -> None:
    ended = azure.run(SCRIPT, **NAMED)
    assert ended.returncode == 0, ended.stderr
    assert hmac_key(SecretStr(secrets(azure)[KEY]))
    assert refreshed(azure)


def test_the_key_is_on_no_command_line_and_in_no_output(azure: FakeAzure) -> None:
    ended = azure.run(SCRIPT, **NAMED)
    drawn = secrets(azure)[KEY]
    assert drawn not in ended.stdout + ended.stderr
    assert [call for call in azure.calls() if drawn in call] == []


def test_a_key_that_is_there_stays(azure: FakeAzure) -> None:
    azure.install(secrets={KEY: OLD})
    assert azure.run(SCRIPT, **NAMED).returncode == 0
    assert secrets(azure) == {KEY: OLD}
    assert not refreshed(azure)


def test_it_waits_until_the_vault_knows_the_role(azure: FakeAzure) -> None:
    azure.install(forbidden=2)
    assert azure.run(SCRIPT, **NAMED).returncode == 0
    assert KEY in secrets(azure)


def test_it_ends_where_the_role_does_not_come_and_draws_nothing(azure: FakeAzure) -> None:
    azure.install(forbidden=100)
    ended = azure.run(SCRIPT, **NAMED, KEY_PATIENCE="3")
    assert ended.returncode == 1
    assert "Key Vault Secrets Officer" in ended.stderr
    assert secrets(azure) == {}


def test_a_key_goes_before_the_older_ones_and_then_makes_place_for_a_new_one(azure: FakeAzure) -> None:
    azure.install(secrets={KEY: OLD, PREVIOUS: OLDER}, previous_setting="1")
    assert azure.run(SCRIPT, "--prepare-rotation", **NAMED).returncode == 0
    assert secrets(azure) == {KEY: OLD, PREVIOUS: f"{OLD},{OLDER}"}
    assert azure.run(SCRIPT, "--rotate", **NAMED).returncode == 0
    assert secrets(azure)[PREVIOUS] == f"{OLD},{OLDER}"
    assert secrets(azure)[KEY] not in {OLD, OLDER}
    assert hmac_keys(SecretStr(secrets(azure)[PREVIOUS]))
    assert refreshed(azure)


def test_preparing_twice_changes_nothing(azure: FakeAzure) -> None:
    azure.install(secrets={KEY: OLD})
    for _ in range(2):
        assert azure.run(SCRIPT, "--prepare-rotation", **NAMED).returncode == 0
    assert secrets(azure) == {KEY: OLD, PREVIOUS: OLD}


@pytest.mark.parametrize(
    ("told", "setting"), [({KEY: OLD}, "1"), ({KEY: OLD, PREVIOUS: OLDER}, "1"), ({KEY: OLD, PREVIOUS: OLD}, "")]
)
def test_no_key_is_replaced_before_the_app_knows_it_as_a_previous_one(
    azure: FakeAzure, told: dict[str, str], setting: str
) -> None:
    """Rows that were hashed with it would be taken for other people's numbers."""
    azure.install(secrets=told, previous_setting=setting)
    assert azure.run(SCRIPT, "--rotate", **NAMED).returncode == 1
    assert secrets(azure) == told


def test_it_does_nothing_when_it_does_not_know_where(azure: FakeAzure) -> None:
    assert azure.run(SCRIPT, **{**NAMED, "KEY_VAULT_NAME": ""}).returncode == 2
    assert azure.calls() == []
