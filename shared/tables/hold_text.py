"""How a hold is written in one column of a request's row, and read back: JSON, tolerant of rows of older versions."""

from pydantic import TypeAdapter

from shared.record import Record
from shared.request_hold import RequestHold

_HOLD = TypeAdapter(RequestHold)


def hold_text(hold: RequestHold) -> str:
    """Gives a hold as JSON. It holds no clear number: the hold itself has none."""
    return _HOLD.dump_json(hold).decode()


def hold_of(text: str) -> RequestHold:
    """Reads a hold; a field that an older row does not have takes its default, one that is not known is ignored."""
    return _HOLD.validate_json(text)


def held_by(record: Record) -> RequestHold:
    """Gives the hold of a record that is held. Raises ValueError where it is not: there is nothing to decide."""
    if record.hold is None:
        message = "The request is not held."
        raise ValueError(message)
    return record.hold
