"""All faults of a tenant file, told together."""

from collections.abc import Iterator
from contextlib import contextmanager

from local.serving import CannotStartError


class TenantFileError(CannotStartError):
    """The tenant file cannot be used; the message lists every fault."""


class FaultList:
    """Collects faults while reading goes on."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._place = ""
        self._faults: list[str] = []

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Says where the faults within the block are."""
        outer, self._place = self._place, place
        try:
            yield
        finally:
            self._place = outer

    def add(self, fault: str) -> None:
        """Adds one fault at the current place."""
        self._faults.append(f"{self._place}: {fault}" if self._place else fault)

    def raise_if_any(self) -> None:
        """Ends the reading where anything is wrong."""
        if not self._faults:
            return
        count = "one fault" if len(self._faults) == 1 else f"{len(self._faults)} faults"
        lines = "\n".join(f"  - {fault}" for fault in self._faults)
        message = f"{self._source} has {count}:\n{lines}"
        raise TenantFileError(message)
