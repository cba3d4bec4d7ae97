"""What phones are called in evidence: the type in words, and the masked number. Pure."""

from collections.abc import Iterable

from shared.compliance.rows import PhoneSeen
from shared.phone.phone_type import PhoneType

_WORDS = {
    PhoneType.MOBILE: "mobile phone",
    PhoneType.ALTERNATE_MOBILE: "alternate mobile phone",
    PhoneType.OFFICE: "office phone",
}


def phone_words(phone_type: PhoneType) -> str:
    """Gives a type for people, such as `alternate mobile phone`."""
    return _WORDS[phone_type]


def seen_words(phone: PhoneSeen) -> str:
    """Gives a phone that was read, such as `mobile phone +44 ********56`."""
    return f"{_WORDS[phone.phone_type]} {phone.masked}".rstrip()


def listed(words: Iterable[str]) -> str:
    """Gives several things as a sentence has them: a, b and c."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
