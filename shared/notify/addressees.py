"""Who gets the mail of an event: the user, the manager, and the addresses that policy names, each once."""

from dataclasses import dataclass

from shared.directory_user import DirectoryUser
from shared.notify.language import language_of
from shared.notify.notice import AnyNotice
from shared.notify.ports import Recipients


@dataclass(frozen=True, slots=True)
class Addressee:
    """One who gets the mail."""

    address: str
    name: str
    language: str
    # The one whose phone it is.
    is_user: bool = False
    # A leaver needs no advice on how to sign in.
    may_sign_in: bool = True


async def addressees_of(notice: AnyNotice, named: tuple[str, ...], recipients: Recipients) -> list[Addressee]:
    """Gives those whom policy names, as far as an address is known. Raises TransientError."""
    found: dict[str, Addressee] = {}
    for recipient in named:
        addressee = await _addressee(notice, recipient, recipients)
        if addressee is not None:
            found.setdefault(addressee.address.casefold(), addressee)
    return list(found.values())


async def _addressee(notice: AnyNotice, recipient: str, recipients: Recipients) -> Addressee | None:
    match recipient:
        case "user":
            return await _user_or_manager(notice, recipients)
        case "manager":
            return await _manager(notice, recipients)
        case address:
            return Addressee(address, address.partition("@")[0], language_of(None))


async def _user_or_manager(notice: AnyNotice, recipients: Recipients) -> Addressee | None:
    """Tells the manager where the user has no mailbox, as on the first day of work."""
    user = await recipients.user(notice.data.user.id) if notice.data.user else None
    own = _addressed(user, is_user=True)
    return own or await _manager(notice, recipients)


async def _manager(notice: AnyNotice, recipients: Recipients) -> Addressee | None:
    if notice.data.user is None:
        return None
    return _addressed(await recipients.manager_of(notice.data.user.id))


def _addressed(user: DirectoryUser | None, *, is_user: bool = False) -> Addressee | None:
    if user is None or not user.mail:
        return None
    name = user.display_name or user.user_principal_name
    language = language_of(user.preferred_language)
    return Addressee(user.mail, name, language, is_user, may_sign_in=user.account_enabled is not False)
