"""What the record keeps of a plan before it is written."""

from typing import assert_never

from shared.codes import Code
from shared.phone.number import PhoneNumber
from shared.plan import Create, NoChange, Remove, Replace, Write
from shared.record import Intent


def intent_of(plan: Write | NoChange) -> Intent:
    """Gives what is about to be done, numbers masked."""
    match plan:
        case Create(_, number):
            return Intent(Code.CREATED, number.masked(), None)
        case Replace(_, number, previous):
            return Intent(Code.REPLACED, number.masked(), previous.masked() if previous else None)
        case Remove(_, previous):
            return Intent(Code.REMOVED, None, previous.masked() if previous else None)
        case NoChange(number):
            return _no_change(number)
        case _:
            assert_never(plan)


def _no_change(number: PhoneNumber | None) -> Intent:
    if number is None:
        return Intent(Code.NOTHING_TO_REMOVE, None, None)
    return Intent(Code.SAME_NUMBER, number.masked(), number.masked())
