"""Who has a number: a row per phone, for the search of numbers that several people have. Pure."""

from dataclasses import dataclass
from datetime import datetime

from shared.phone.phone_type import PhoneType


@dataclass(frozen=True, slots=True)
class Holder:
    """One phone of one person, with what a finding tells of that person. No clear number."""

    number_hash: str
    user_id: str
    user_principal_name: str
    phone_type: PhoneType
    masked: str
    display_name: str = ""
    department: str = ""
    country: str = ""
    manager_id: str = ""
    manager_name: str = ""
    as_of: datetime | None = None
    # The id of the exception that lets this person share a number.
    excused_by: str = ""
    # Whether a violation of another rule is told of this person: they are counted already.
    told: bool = False
