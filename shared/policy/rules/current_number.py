"""Compare-and-set: `ifCurrent`, or what the undone request left there, must be the number that is there now."""

from collections.abc import Mapping

from shared.codes import Code
from shared.directory_user import UserState
from shared.messages.change_request import Operation
from shared.phone.number import PhoneNumber
from shared.phone.reading import ReadNumber
from shared.policy.facts import Facts
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects where another number, or none, stands in place of the expected one."""
    if facts.state is None or not _is_asked(facts) or _stands(facts, facts.state) or _already_done(facts):
        return None
    return "It was changed again since then." if facts.undone else ""


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives both numbers, masked."""
    phones = [facts.state.phone(phone_type) for phone_type in facts.request.phone_types] if facts.state else []
    current = ", ".join(str(phone.number or "unreadable") for phone in phones if phone) or "none"
    return {"current": current, "expected": (str(_expected(facts) or "none") if _is_asked(facts) else "not asked")}


def _is_asked(facts: Facts) -> bool:
    return facts.undone is not None or isinstance(facts.expected_current, ReadNumber)


def _expected(facts: Facts) -> PhoneNumber | None:
    if facts.undone is not None:
        return facts.undone.left
    return facts.expected_current.number if isinstance(facts.expected_current, ReadNumber) else None


def _stands(facts: Facts, state: UserState) -> bool:
    phones = [state.phone(phone_type) for phone_type in facts.request.phone_types]
    expected = _expected(facts)
    if expected is None:
        return not any(phones)
    return any(phone is not None and phone.number == expected for phone in phones)


def _already_done(facts: Facts) -> bool:
    """A repeat finds its own result in place of the number that it expected: that is no conflict."""
    if facts.request.operation is Operation.REMOVE:
        return not any(facts.state and facts.state.phone(phone_type) for phone_type in facts.request.phone_types)
    reading, (phone_type,) = facts.reading, facts.request.phone_types
    phone = facts.state.phone(phone_type) if facts.state else None
    return isinstance(reading, ReadNumber) and phone is not None and phone.number == reading.number


RULE = Rule(Code.CURRENT_NUMBER_DIFFERS, objection, inputs)
