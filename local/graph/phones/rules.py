"""Why a phone method is refused with 400 or 404.

https://learn.microsoft.com/graph/api/authentication-post-phonemethods
https://learn.microsoft.com/graph/api/phoneauthenticationmethod-update
https://learn.microsoft.com/graph/api/phoneauthenticationmethod-delete
"""

from local.graph.errors import MethodRefusedError, NotFoundError
from local.graph.phones.book import TYPE_OF_ID, Phone, PhoneBook, PhoneType

# The service's own words, down to the two dots: microsoft-graph-docs-contrib#1888.
DEFAULT_METHOD = (
    "The requested authentication method id of [{method_id}] matches the user's current default authentication method, "
    "and cannot be deleted until the default authentication method is changed."
)


def named_phone(book: PhoneBook, method_id: str) -> Phone:
    """Finds the phone that the path names."""
    phone_type = TYPE_OF_ID.get(method_id.lower())
    phone = book.get(phone_type) if phone_type else None
    if phone is None:
        raise NotFoundError
    return phone


def check_addition(book: PhoneBook, phone_type: PhoneType) -> None:
    """Holds the rules for a new phone: one of each type, and mobile before alternateMobile."""
    if book.get(phone_type):
        message = f"A phone authentication method of type '{phone_type}' already exists for this user."
        raise MethodRefusedError(message)
    if phone_type is PhoneType.ALTERNATE_MOBILE and not book.get(PhoneType.MOBILE):
        message = "A mobile phone must be registered before an alternate mobile phone can be added."
        raise MethodRefusedError(message)


def check_change(phone: Phone, wanted_type: str | None) -> None:
    """Holds the rule for a change: the number may change, the type may not."""
    if wanted_type not in {None, phone.phone_type}:
        message = f"The phone type cannot be changed from '{phone.phone_type}' to '{wanted_type}'."
        raise MethodRefusedError(message)


def check_removal(book: PhoneBook, phone: Phone, default_method: PhoneType | None) -> None:
    """Holds the rules for a removal: not the default method, and alternateMobile before mobile."""
    if phone.phone_type is default_method:
        raise MethodRefusedError(DEFAULT_METHOD.format(method_id=phone.method_id))
    if phone.phone_type is PhoneType.MOBILE and book.get(PhoneType.ALTERNATE_MOBILE):
        message = "The mobile phone cannot be deleted while an alternate mobile phone is registered."
        raise MethodRefusedError(message)
