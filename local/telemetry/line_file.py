"""A file of lines that several processes append to, and that breaks nobody's work when the disk is full."""

import io
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, override

if TYPE_CHECKING:
    from collections.abc import Buffer

_log = logging.getLogger(__name__)


def line_file(path: Path) -> TextIO:
    """Opens a file to append lines to, each by one call of the system, so that those of two writers never mix.

    What cannot be written is dropped, and that is said once: telemetry is no reason to stop. Raises OSError where the
    file cannot be opened.
    """
    # typeshed asks for read(), which a file for appending has not.
    return io.TextIOWrapper(_Appender(path), encoding="utf-8", write_through=True)  # type: ignore[type-var]


class _Appender(io.RawIOBase):
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._torn = False
        self._said = False

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, lines: "Buffer", /) -> int:
        """Writes whole lines, on a new one where the last was cut off."""
        given = bytes(lines)
        text = b"\n" + given if self._torn else given
        try:
            written = os.write(self._file, text)
            self._torn = written < len(text) if written else self._torn
        except OSError as fault:
            self._say(fault)
        return len(given)

    @override
    def close(self) -> None:
        if not self.closed:
            os.close(self._file)
        super().close()

    def _say(self, fault: OSError) -> None:
        if not self._said:
            _log.warning("%s takes no more telemetry: %s", self._path, fault.strerror or fault)
        self._said = True
