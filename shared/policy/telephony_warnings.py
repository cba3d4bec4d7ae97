"""What the day means for a phone that is set: text messages and calls by Microsoft come to an end. Pure."""

from shared.codes import WarningCode
from shared.messages.change_request import Operation
from shared.policy.facts import Facts
from shared.policy.proof import LockOutProof
from shared.policy.telephony import delivers, retires_soon


def warnings_of(facts: Facts, proof: LockOutProof | None) -> tuple[WarningCode, ...]:
    """Gives what a subscriber, and the user, should know about the phone although the request ends well."""
    if facts.request.operation is not Operation.SET:
        return ()
    rules, found = facts.policy.telephony, []
    if not delivers(rules, facts.now):
        found.append(WarningCode.TELEPHONY_RETIRED)
    elif retires_soon(rules, facts.now):
        found.append(WarningCode.TELEPHONY_RETIRES)
    if proof is not None and proof.only_phones:
        found.append(WarningCode.PHONE_IS_ONLY_METHOD)
    return tuple(found)
