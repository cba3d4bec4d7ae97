"""App settings: the `Values` of a local settings file under the environment, and `%NAME%` in bindings."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local.serving import CannotStartError

DEFAULT_FILE = "local.settings.json"

_PLACEHOLDER = re.compile(r"%([^%]+)%")


def read_settings_file(path: Path) -> dict[str, str]:
    """Reads the `Values` of a local settings file. Raises CannotStartError when it is not one."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as fault:
        message = f"The settings file {path} cannot be read: {fault.strerror}."
        raise CannotStartError(message) from fault
    except ValueError as fault:
        message = f"The settings file {path} is not JSON: {fault}."
        raise CannotStartError(message) from fault
    return _values(path, content)


def _values(path: Path, content: object) -> dict[str, str]:
    if isinstance(content, dict) and content.get("IsEncrypted") is True:
        message = f"The settings file {path} is encrypted; decrypt it with `func settings decrypt`."
        raise CannotStartError(message)
    values = content.get("Values", {}) if isinstance(content, dict) else None
    if not isinstance(values, dict):
        message = f'The settings file {path} has no object "Values".'
        raise CannotStartError(message)
    odd = [name for name, value in values.items() if not isinstance(value, str | int | float)]
    if odd:
        message = f"In the settings file {path} these values are not text: {', '.join(odd)}."
        raise CannotStartError(message)
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}


@contextmanager
def in_environment(values: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Puts settings into the environment for a while, where the app reads them; a variable that is set already wins."""
    added = {name: value for name, value in values.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield os.environ
    finally:
        for name in added:
            os.environ.pop(name, None)


def resolve_placeholders(text: str, settings: Mapping[str, str], place: str) -> str:
    """Puts settings in the place of `%NAME%`. Raises CannotStartError that names the setting and the place."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in settings:
            message = f"{place} needs the setting {match[1]}, which is not set."
            raise CannotStartError(message)
        return settings[match[1]]

    return _PLACEHOLDER.sub(value, text)
