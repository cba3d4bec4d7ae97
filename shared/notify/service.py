"""Tells people what became of a request, or that it is held: one mail per event and recipient."""

import logging
from dataclasses import dataclass

from pydantic import ValidationError

from shared.errors import DirectoryRefusedError
from shared.notify.addressees import Addressee, addressees_of
from shared.notify.mail import Mail
from shared.notify.notice import AnyNotice, read_notice
from shared.notify.once import Deliveries, despite_refusals
from shared.notify.ports import MailSender, NotificationLog, Recipients
from shared.notify.render import render
from shared.patience import patiently
from shared.policy.load import LoadedPolicy
from shared.ports import Clock
from shared.telemetry.instruments import instruments
from shared.telemetry.names import RESULT
from shared.telemetry.work import name_request

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NotificationService:
    """Handles the events of the notification subscription."""

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
        if notice is None:
            return
        name_request(notice.data.request_id)
        deliveries = Deliveries(self.log)
        await patiently(self.clock, lambda: self._notify(notice, deliveries))

    async def _notify(self, notice: AnyNotice, deliveries: Deliveries) -> None:
        named = self.policy.rules.notify.get(notice.told_as, ())
        addressees = await addressees_of(notice, named, self.recipients)
        if named and not addressees:
            _LOG.warning("Event %s: nobody can be told, no address is known.", notice.id)
            _count("no_address")
        await despite_refusals(self._tell(notice, addressee, deliveries) for addressee in addressees)

    async def _tell(self, notice: AnyNotice, addressee: Addressee, deliveries: Deliveries) -> None:
        await deliveries.once(notice.id, addressee.address, lambda: self._send(notice, addressee))

    async def _send(self, notice: AnyNotice, addressee: Addressee) -> None:
        rendered = render(notice, addressee, self.policy.rules)
        try:
            await self.mail.send(Mail(addressee.address, rendered.subject, rendered.html, notice.id))
        except DirectoryRefusedError:
            _count("refused")
            raise
        _count("sent")
        _LOG.info("Event %s: a mail was sent.", notice.id)


def _count(result: str) -> None:
    instruments().mails.add(1, {RESULT: result})


def _notice(body: bytes) -> AnyNotice | None:
    """Reads an event; one that is none cannot come from this product, and no mail can be made of it."""
    try:
        return read_notice(body)
    except ValidationError:
        _LOG.error("A message on the notification subscription is no event of a request.")
        return None
