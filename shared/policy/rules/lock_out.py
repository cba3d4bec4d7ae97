"""A removal must leave the user a way to sign in."""

from shared.codes import Code
from shared.messages.change_request import Operation
from shared.policy.facts import Facts, Finding

# Passwords alone are what MFA is there to mend; a TAP runs out; an email address serves password reset only.
_NOT_LASTING = frozenset(
    {"passwordAuthenticationMethod", "temporaryAccessPassAuthenticationMethod", "emailAuthenticationMethod"}
)


def check(facts: Facts) -> Finding | None:
    """Objects to a removal after which too few usable methods remain; a disabled account may be emptied.

    All phones together count once: they hang on one person's reachability, and end together (telephony retirement).
    """
    state, request = facts.state, facts.request
    if state is None or request.operation is not Operation.REMOVE or state.user.account_enabled is False:
        return None
    remaining = [phone for phone in state.phones if phone.phone_type not in request.phone_types]
    if len(remaining) == len(state.phones):
        return None
    usable = sum(method not in _NOT_LASTING for method in state.other_methods) + bool(remaining)
    minimum = facts.policy.lock_out.minimum_usable_methods
    if usable >= minimum:
        return None
    return Finding(Code.WOULD_LOCK_OUT, f"{usable} would remain, policy demands {minimum}.")
