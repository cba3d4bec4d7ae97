"""/users/{id}/revokeSignInSessions."""

from local.graph.endpoints.call import Call
from local.graph.exchange import Answer


def revoke_sign_in_sessions(call: Call) -> Answer:
    """POST: refresh tokens from before now are void."""
    user = call.user()
    moment = call.now.isoformat().replace("+00:00", "Z")
    call.state.journal.set_property(user, "signInSessionsValidFromDateTime", moment, call.now)
    return call.object_answer("Edm.Boolean", {"value": True})
