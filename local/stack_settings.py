"""The app settings that people's commands read, and the one that says where Service Bus is."""

import shlex
from collections.abc import Mapping
from pathlib import Path


def write_down(settings: Mapping[str, str], path: Path) -> None:
    """Writes the app settings for people's commands, as lines that a shell reads; for the eyes of their owner alone."""
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in settings.items()]
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(lines), encoding="utf-8")


def bus_connection(url: str) -> str:
    """Gives the connection string of a broker on this machine, whose URL begins with amqp://."""
    endpoint = url.replace("amqp://", "sb://")
    return f"Endpoint={endpoint};SharedAccessKeyName=local;SharedAccessKey=bG9jYWw=;UseDevelopmentEmulator=true"
