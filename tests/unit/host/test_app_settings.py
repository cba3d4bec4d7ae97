import os
from pathlib import Path

import pytest

from local.host.app_settings import in_environment, read_settings_file, resolve_placeholders
from local.serving import CannotStartError


def test_the_values_of_the_file_are_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "local.settings.json"
    path.write_text('{"IsEncrypted": false, "Values": {"A": "text", "B": true, "C": 3}, "Host": {"CORS": "*"}}')
    assert read_settings_file(path) == {"A": "text", "B": "true", "C": "3"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not JSON"),
        ("[]", 'has no object "Values"'),
        ('{"Values": []}', 'has no object "Values"'),
        ('{"IsEncrypted": true, "Values": {}}', "is encrypted"),
        ('{"Values": {"Nested": {}, "Empty": null}}', "these values are not text: Nested, Empty"),
    ],
)
def test_a_file_that_is_no_settings_file_is_refused(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "local.settings.json"
    path.write_text(content)
    with pytest.raises(CannotStartError, match=sentence):
        read_settings_file(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match=r"none\.json cannot be read: No such file"):
        read_settings_file(tmp_path / "none.json")


def test_the_environment_wins_over_the_file_and_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST_TEST_SET", "environment")
    monkeypatch.delenv("HOST_TEST_NEW", raising=False)
    with in_environment({"HOST_TEST_SET": "file", "HOST_TEST_NEW": "file"}) as settings:
        assert settings["HOST_TEST_SET"] == "environment"
        assert os.environ["HOST_TEST_NEW"] == "file"
    assert os.environ["HOST_TEST_SET"] == "environment"
    assert "HOST_TEST_NEW" not in os.environ


def test_placeholders_are_resolved_wherever_they_stand() -> None:
    settings = {"QUEUE": "changes", "STAGE": "test"}
    assert resolve_placeholders("%QUEUE%-%STAGE%/$deadletterqueue", settings, "It") == "changes-test/$deadletterqueue"
    assert resolve_placeholders("plain", settings, "It") == "plain"


def test_a_missing_setting_is_named_with_the_place_that_needs_it() -> None:
    with pytest.raises(
        CannotStartError, match=r"^The queueName of function f needs the setting QUEUE, which is not set"
    ):
        resolve_placeholders("%QUEUE%", {}, "The queueName of function f")
