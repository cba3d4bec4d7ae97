"""Where a program's telemetry goes on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Destination:
    """A folder, the base URL of an OTLP/HTTP collector (such as http://localhost:4318), both or neither."""

    folder: Path | None = None
    collector: str = ""

    @property
    def arguments(self) -> list[str]:
        """Says it as the host's command line takes it."""
        folder = ["--telemetry", str(self.folder)] if self.folder else []
        return [*folder, *(["--otlp", self.collector] if self.collector else [])]


@contextmanager
def received(destination: Destination) -> Iterator[None]:
    """Receives what this process tells until the block ends, its logs included; once per process.

    Raises CannotStartError where the folder cannot be written into.
    """
    if destination == Destination():
        yield
        return
    from local.telemetry.receivers import receiving  # noqa: PLC0415 - half a second that few programs need

    with receiving(destination):
        yield
