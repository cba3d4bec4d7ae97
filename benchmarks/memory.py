"""How much memory a process holds, over time."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_EVERY_SECONDS: Final = 1.0
_KIB: Final = 1024


@dataclass(slots=True)
class MemoryLog:
    """Resident megabytes of one process, sampled; `process` gives its id, which changes when it is started again."""

    process: Callable[[], int]
    samples: list[tuple[float, float]] = field(default_factory=list)

    async def watch(self) -> None:
        """Samples until it is cancelled."""
        started = time.monotonic()
        while True:
            if (resident := _resident(self.process())) is not None:
                self.samples.append((time.monotonic() - started, resident))
            await asyncio.sleep(_EVERY_SECONDS)

    def peaks(self) -> tuple[float, float]:
        """Gives the peak in the first third of the time, and that after it; 0 where nothing was sampled."""
        end = self.samples[-1][0] if self.samples else 0.0
        first = [resident for at, resident in self.samples if at <= end / 3]
        rest = [resident for at, resident in self.samples if at > end / 3]
        return max(first, default=0.0), max(rest, default=0.0)


def _resident(process: int) -> float | None:
    """Reads it from Linux's /proc; None where the process is gone."""
    with suppress(OSError, IndexError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / _KIB
    return None
