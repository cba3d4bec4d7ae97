"""Tells people what became of a request: one mail per event and recipient."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from pydantic import ValidationError

from shared.change.backoff import wait_for
from shared.directory_user import DirectoryUser
from shared.errors import DirectoryRefusedError, TransientError
from shared.notify.mail import Mail
from shared.notify.notice import Notice
from shared.notify.render import language_of, render
from shared.policy.load import LoadedPolicy
from shared.ports import Clock, MailSender, NotificationLog, Recipients

_LOG = logging.getLogger(__name__)
# Ten deliveries of four minutes each outlast most outages of Graph; after them the message is a dead letter.
_PATIENCE = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class Addressee:
    """One who gets the mail."""

    address: str
    name: str
    language: str
    is_user: bool = False


@dataclass(frozen=True, slots=True)
class NotificationService:
    """Handles completion events from the notification subscription."""

    clock: Clock
    recipients: Recipients
    mail: MailSender
    log: NotificationLog
    policy: LoadedPolicy

    async def handle(self, body: bytes) -> None:
        """Sends the mails of one event that were not sent before.

        Waits while Graph or storage are out of order; raises TransientError when patience ends, and the broker
        delivers again. Raises DirectoryRefusedError where a mail is refused: the message becomes a dead letter,
        which a person can replay once the mailbox is set up.
        """
        notice = _notice(body)
        if notice is not None:
            await self._notify_with_patience(notice)

    async def _notify_with_patience(self, notice: Notice) -> None:
        started, attempt = self.clock.monotonic(), 1
        # Handed over and perhaps not noted yet: trying that again must not send the mail again.
        handed_over: set[str] = set()
        while True:
            try:
                return await self._notify(notice, handed_over)
            except TransientError as fault:
                left = _PATIENCE.total_seconds() - (self.clock.monotonic() - started)
                if left <= 0:
                    raise
                # A message that is given back before its time comes again at once, and burns a delivery.
                wait = min(wait_for(fault, attempt), left)
            await self.clock.sleep(wait)
            attempt += 1

    async def _notify(self, notice: Notice, handed_over: set[str]) -> None:
        addressees = await self._addressees(notice)
        if not addressees and self.policy.rules.notify.get(notice.data.outcome):
            _LOG.warning("Event %s: nobody can be told, no address is known.", notice.id)
        refusals = [await self._tell(notice, addressee, handed_over) for addressee in addressees]
        for refusal in refusals:
            if refusal is not None:
                raise refusal

    async def _tell(self, notice: Notice, addressee: Addressee, handed_over: set[str]) -> DirectoryRefusedError | None:
        """Sends one mail unless it was sent; a refusal must not keep the others from their mail."""
        if await self.log.was_sent(notice.id, addressee.address):
            return None
        try:
            if addressee.address not in handed_over:
                await self._send(notice, addressee)
        except DirectoryRefusedError as fault:
            return fault
        handed_over.add(addressee.address)
        # A crash before this line sends the mail again: a second warning is better than none.
        await self.log.mark_sent(notice.id, addressee.address)
        return None

    async def _send(self, notice: Notice, addressee: Addressee) -> None:
        rendered = render(
            notice,
            to_user=addressee.is_user,
            name=addressee.name,
            language=addressee.language,
            service_desk=self.policy.rules.service_desk,
        )
        await self.mail.send(Mail(addressee.address, rendered.subject, rendered.html, notice.id))
        _LOG.info("Event %s: a mail was sent.", notice.id)

    async def _addressees(self, notice: Notice) -> list[Addressee]:
        found: dict[str, Addressee] = {}
        for recipient in self.policy.rules.notify.get(notice.data.outcome, ()):
            addressee = await self._addressee(notice, recipient)
            if addressee is not None:
                found.setdefault(addressee.address.casefold(), addressee)
        return list(found.values())

    async def _addressee(self, notice: Notice, recipient: str) -> Addressee | None:
        match recipient:
            case "user":
                return await self._user_or_manager(notice)
            case "manager":
                return await self._manager(notice)
            case address:
                return Addressee(address, address.partition("@")[0], language_of(None))

    async def _user_or_manager(self, notice: Notice) -> Addressee | None:
        """Tells the manager where the user has no mailbox, as on the first day of work."""
        user = await self.recipients.user(notice.data.user.id) if notice.data.user else None
        own = _addressed(user, is_user=True)
        return own or await self._manager(notice)

    async def _manager(self, notice: Notice) -> Addressee | None:
        if notice.data.user is None:
            return None
        return _addressed(await self.recipients.manager_of(notice.data.user.id))


def _addressed(user: DirectoryUser | None, *, is_user: bool = False) -> Addressee | None:
    if user is None or not user.mail:
        return None
    name = user.display_name or user.user_principal_name
    return Addressee(user.mail, name, language_of(user.preferred_language), is_user)


def _notice(body: bytes) -> Notice | None:
    """Reads an event; one that is none cannot come from this product, and no mail can be made of it."""
    try:
        return Notice.model_validate_json(body)
    except ValidationError:
        _LOG.error("A message on the notification subscription is no completion event.")
        return None
