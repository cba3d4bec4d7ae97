"""What is kept of a phone as Graph writes it: masked, hashed, and compared with what policy blocks. Pure."""

from dataclasses import dataclass

from shared.compliance.rows import PhoneSeen
from shared.phone.line import line_of
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.phone.reading import known_number
from shared.policy.model import Policy


@dataclass(frozen=True, slots=True, repr=False)
class Standard:
    """What a phone is held against: policy, and the keys of the hashes, the one in use first."""

    rules: Policy
    number_keys: tuple[bytes, ...]


def phone_seen(phone_type: PhoneType, text: str, sms_sign_in: str, standard: Standard) -> PhoneSeen:
    """Reads a phone; the clear number ends here."""
    number = PhoneNumber.from_graph(text)
    if number is None:
        return PhoneSeen(phone_type, is_well_written=False, sms_sign_in=sms_sign_in)
    known = known_number(number)
    keys = standard.number_keys
    return PhoneSeen(
        phone_type=phone_type,
        masked=number.masked(),
        # Of the line, as the tripwire counts: an extension behind a mobile number is the same phone once more.
        number_hash=line_of(number).keyed_hash(keys[0]),
        mark_hashes=tuple(number.keyed_hash(key) for key in keys),
        region=known.region if known else "",
        kind=known.kind if known else "",
        is_blocked=any(number.begins_with(prefix) for prefix in standard.rules.blocked_numbers),
        is_well_written=number.is_written_as_graph_documents(text),
        sms_sign_in=sms_sign_in,
    )
