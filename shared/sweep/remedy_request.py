"""The change requests that the sweep asks for by itself: what any producer could send, and nothing more. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from shared.directory_user import StoredPhone
from shared.messages.change_request import ChangeRequest, Operation, holds_number
from shared.phone.phone_type import PhoneType
from shared.policy.model import Policy
from shared.sweep.follow_up import FollowUp, FollowUpKind
from shared.sweep.words import RequestMessage, Run

# A request rests on what its run saw. A day after the last moment at which that can have been seen, it is no basis
# any more: the account may be back in use, and the next run sees anew.
_GOOD_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RemedyRequests:
    """Makes a run's requests. Made again, they are the same to the byte: the time is the run's start."""

    run: Run
    rules: Policy

    def removal(self, leaver: FollowUp) -> RequestMessage:
        """Asks for the removal of all phones of someone who has left."""
        return self._message(leaver.user_id, "remove", {"operation": Operation.REMOVE})

    def rewriting(self, follow_up: FollowUp, phones: Sequence[StoredPhone]) -> RequestMessage | None:
        """Asks to write a number anew, provided that it is still the number then.

        None where nothing needs it any more: the phone is gone, is well written by now, or is no number at all.
        """
        phone = next((phone for phone in phones if phone.phone_type is follow_up.phone_type), None)
        if phone is None or phone.number is None or phone.is_well_written:
            return None
        number = phone.number.in_clear()
        # The contract forbids it. By chance alone, once in millions of times; the next run's id is another one.
        if holds_number(self._request_id(follow_up.user_id, phone.phone_type), number):
            return None
        asked = {"operation": Operation.SET, "phoneType": phone.phone_type, "phoneNumber": number, "ifCurrent": number}
        return self._message(follow_up.user_id, phone.phone_type, asked)

    def _request_id(self, user_id: str, what: str) -> str:
        return f"sweep:{self.run.run_id}:{user_id}:{what}"

    def _message(self, user_id: str, what: PhoneType | str, asked: dict[str, str]) -> RequestMessage:
        request_id, started = self._request_id(user_id, what), self.run.started_at
        sweep, age = self.rules.sweep, self.rules.request_age
        fields = {
            "schemaVersion": "1.0",
            "requestId": request_id,
            **asked,
            "user": {"id": user_id},
            "requestedBy": sweep.remediation.requested_by,
            "reason": f"compliance sweep {self.run.run_id}",
            "requestedAt": started.isoformat(),
            "expiresAt": (started + min(sweep.longest + _GOOD_FOR, age.longest)).isoformat(),
        }
        # A producer reads its own request before it sends it: what the contract refuses would only be parked.
        request = ChangeRequest.model_validate(fields)
        return RequestMessage(request.request_id, request.user.session_id, json.dumps(fields).encode())


def is_wanted(follow_up: FollowUp, rules: Policy) -> bool:
    """Says whether policy lets the sweep ask for it."""
    remediation = rules.sweep.remediation
    match follow_up.kind:
        case FollowUpKind.REMOVE_PHONES:
            return remediation.leavers
        case FollowUpKind.WRITE_ANEW:
            return remediation.formats
        case _:
            return False
