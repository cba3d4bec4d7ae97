"""What an undo comes to: the set or the remove that restores what an earlier request replaced or removed."""

from dataclasses import dataclass, replace

from pydantic import SecretStr

from shared.change.admission import Admitted
from shared.change.parts import ChangeParts
from shared.codes import IN_DOUBT, Code
from shared.errors import UnreadableRowError
from shared.history_ports import PreviousPhones
from shared.messages.change_request import ChangeRequest, Operation
from shared.outcome import Outcome, Verdict
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.policy.facts import Undone


@dataclass(frozen=True, slots=True)
class Undoing:
    """An undo, understood: what is to be carried out, and what it goes by."""

    admitted: Admitted
    undone: Undone
    # Whose phone it was; another user's is not touched.
    user_id: str

    @property
    def phone_type(self) -> PhoneType:
        """The phone that is restored."""
        return self.admitted.request.phone_types[0]


async def undoing(parts: ChangeParts, admitted: Admitted) -> Undoing | Verdict:
    """Says what an undo comes to, or why it cannot be. Raises TransientError."""
    target = admitted.request.undoes or ""
    record = await parts.ports.ledger.find(target)
    if record is None:
        return _impossible("No request with this id is known.")
    if record.verdict is None:
        return _impossible("It has not come to its end yet.")
    if record.verdict.outcome is not Outcome.CHANGED and record.verdict.code not in IN_DOUBT:
        return _impossible("It changed nothing.")
    try:
        previous = await parts.ports.previous.of(target)
    except UnreadableRowError:
        return _impossible("What stood there before cannot be decrypted any more.")
    if previous is None:
        return _impossible("That was too long ago: what stood there before is not kept.")
    return _understood(admitted, previous)


def _understood(admitted: Admitted, previous: PreviousPhones) -> Undoing | Verdict:
    request = admitted.request
    changed = [name for name in PhoneType if name in previous.before]
    wanted = [name for name in changed if request.phone_type in {None, name}]
    if len(wanted) != 1:
        return _impossible(f"It changed: {', '.join(changed)}. Name one of them as phoneType.")
    (phone_type,) = wanted
    if phone_type in previous.unreadable:
        return _impossible("What stood there before was no phone number.")
    restored = _restoring(request, phone_type, previous.before[phone_type])
    return Undoing(replace(admitted, request=restored), Undone(previous.after[phone_type]), previous.user_id)


def _restoring(request: ChangeRequest, phone_type: PhoneType, before: PhoneNumber | None) -> ChangeRequest:
    if before is None:
        return request.model_copy(update={"operation": Operation.REMOVE, "phone_type": phone_type})
    written = SecretStr(before.in_clear())
    return request.model_copy(update={"operation": Operation.SET, "phone_type": phone_type, "phone_number": written})


def _impossible(detail: str) -> Verdict:
    return Verdict(Outcome.REJECTED, Code.UNDO_NOT_POSSIBLE, detail)
