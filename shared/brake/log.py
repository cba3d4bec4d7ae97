"""What the brakes of all instances share, as a port."""

from datetime import datetime
from typing import Protocol

from shared.brake_state import BrakeState, Entry


class BrakeLog(Protocol):
    """What the brakes of all instances share."""

    async def state(self) -> BrakeState:
        """Gives the state."""
        ...

    async def put(self, state: BrakeState) -> BrakeState:
        """Writes the state and gives it with its new etag. Raises LedgerConflictError where it changed meanwhile."""
        ...

    async def record(self, entry: Entry) -> None:
        """Counts one thing."""
        ...

    async def entries(self, since: datetime) -> tuple[Entry, ...]:
        """Gives what was counted from a moment on."""
        ...
