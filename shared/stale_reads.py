"""Which phones a decision rests on, and whether a read shows what was last written there."""

from shared.directory_user import UserState
from shared.messages.change_request import ChangeRequest, Operation
from shared.phone.phone_type import PhoneType


def decisive_types(request: ChangeRequest) -> tuple[PhoneType, ...]:
    """Gives the phones that a decision rests on: a removal counts them all, an alternate mobile needs a mobile."""
    if request.operation is Operation.REMOVE:
        return tuple(PhoneType)
    if request.phone_types == (PhoneType.ALTERNATE_MOBILE,):
        return (PhoneType.ALTERNATE_MOBILE, PhoneType.MOBILE)
    return request.phone_types


def shows(state: UserState, phone_type: PhoneType, value_hash: str, keys: tuple[bytes, ...]) -> bool:
    """Says whether a phone is the one of that hash under one of the keys; an empty hash stands for no phone."""
    phone = state.phone(phone_type)
    if phone is None or not value_hash:
        return phone is None and not value_hash
    return phone.number is not None and value_hash in {phone.number.keyed_hash(key) for key in keys}
