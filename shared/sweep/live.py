"""Lets changes that people wait for go first."""

from shared.sweep.parts import SweepPorts

_LOOK_AGAIN = 0.25
# A stream of changes without a gap must not stop the sweep for good.
_LONGEST = 10.0


async def give_way(ports: SweepPorts) -> None:
    """Waits while this worker carries out changes, for some seconds at most."""
    waited = 0.0
    while ports.live.busy and waited < _LONGEST:
        await ports.clock.sleep(_LOOK_AGAIN)
        waited += _LOOK_AGAIN
