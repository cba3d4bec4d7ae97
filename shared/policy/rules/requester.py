"""Who may ask for what."""

from collections.abc import Mapping

from shared.codes import Code
from shared.messages.change_request import Operation
from shared.phone.redaction import redact
from shared.policy.facts import Facts
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects to a requester that policy does not entitle to the operation; names are compared without case."""
    if facts.asked_for in _entitled(facts):
        return None
    # Without the name: it is free text, and a finding is told to everyone.
    return f"It may not {facts.asked_for} phones." if facts.asked_for is not Operation.UNDO else "It may not undo."


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the operation, and what the requester may do; numbers are masked."""
    entitled = ", ".join(_entitled(facts)) or "nothing"
    return {"requestedBy": _named(facts), "operation": facts.asked_for, "may": entitled}


def _named(facts: Facts) -> str:
    """Gives the requester's name, which is free text: somebody may write a number into it."""
    return redact(facts.request.requested_by, facts.request.written_numbers, facts.region)


def _entitled(facts: Facts) -> tuple[Operation, ...]:
    return facts.policy.entitled(facts.request.requested_by)


RULE = Rule(Code.REQUESTER_NOT_ALLOWED, objection, inputs)
