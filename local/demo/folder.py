"""The folder that a demo writes into: its own, marked, and cleared of nothing but what a demo writes."""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local.serving import CannotStartError
from local.stack import ROOT, SETTINGS

DEFAULT_FOLDER = ROOT / ".local" / "demo"
MARKER = ".mfa-phone-change-demo"
_MARKER_TEXT = "A demo wrote into this folder. The next one that runs here writes its own files anew.\n"
_FILES = (
    "feed.csv",
    "tenant.json",
    "tenant-after.json",
    "events.jsonl",
    "outcomes.jsonl",
    "left-out.jsonl",
    "policy.json",
    SETTINGS,
)
_FOLDERS = {"logs": "*.log", "mail": "*.eml", "keys": "*.key", "telemetry": "*.jsonl"}


class DemoFolder:
    """Names the demo's files; one that the person gave as input is never touched, its name is taken with a -2."""

    def __init__(self, path: Path, given: Iterable[Path]) -> None:
        self.path = path.resolve()
        self._given = frozenset(file.resolve() for file in given)
        self.feed = self._named("feed.csv")
        self.tenant = self._named("tenant.json")
        self.tenant_after = self._named("tenant-after.json")
        self.events = self._named("events.jsonl")
        self.outcomes = self._named("outcomes.jsonl")
        self.left_out = self._named("left-out.jsonl")
        self.policy = self._named("policy.json")
        self.mail = self.path / "mail"
        self.logs = self.path / "logs"
        self.telemetry = self.path / "telemetry"

    @contextmanager
    def cleared(self) -> Iterator[None]:
        """Makes the folder, or clears what an earlier demo wrote into it, and keeps it from other demos meanwhile.

        Raises CannotStartError where the folder holds something and is not a demo's.
        """
        self._check()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            marker = (self.path / MARKER).open("a", encoding="utf-8")
        except OSError as fault:
            raise CannotStartError(self._cannot(fault)) from fault
        with marker:
            self._lock(marker.fileno())
            if not marker.tell():
                marker.write(_MARKER_TEXT)
                marker.flush()
            try:
                self._clear()
            except OSError as fault:
                raise CannotStartError(self._cannot(fault)) from fault
            yield

    def _named(self, name: str) -> Path:
        path = self.path / name
        return path.with_stem(f"{path.stem}-2") if path in self._given else path

    def _check(self) -> None:
        if self.path.is_file():
            message = f"{self.path} is a file: name a folder with --folder."
            raise CannotStartError(message)
        if not self.path.is_dir() or (self.path / MARKER).is_file():
            return
        if self.path != DEFAULT_FOLDER and any(map(self._is_foreign, self.path.rglob("*"))):
            message = (
                f"The folder {self.path} holds files that no demo wrote: name an empty or a new one with --folder."
            )
            raise CannotStartError(message)

    def _is_foreign(self, entry: Path) -> bool:
        return entry.is_symlink() or not (entry.is_dir() or entry.resolve() in self._given)

    def _lock(self, marker: int) -> None:
        try:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            message = f"Another demo is running in {self.path}: wait for its end, or name another folder with --folder."
            raise CannotStartError(message) from fault

    def _clear(self) -> None:
        for name in _FILES:
            path = self.path / name
            self._remove(path)
            self._remove(path.with_stem(f"{path.stem}-2"))
        for name, pattern in _FOLDERS.items():
            folder = self.path / name
            if folder.is_symlink():
                message = f"{folder} leads to another place, where a demo clears nothing: remove the link."
                raise CannotStartError(message)
            for path in folder.glob(pattern):
                self._remove(path)

    def _remove(self, path: Path) -> None:
        if path.resolve() not in self._given and (path.is_file() or path.is_symlink()):
            path.unlink()

    def _cannot(self, fault: OSError) -> str:
        return f"The demo cannot write into {self.path}: {fault.strerror or fault}."
