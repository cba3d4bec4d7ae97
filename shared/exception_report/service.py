"""Tells of each exception that expires soon, once: an event for the SIEM, a mail for its owner."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime

from shared.codes import MESSAGES
from shared.compliance.catalogue import ENTRIES
from shared.errors import DirectoryRefusedError
from shared.exception_report.ending import expired, expiring
from shared.messages.completion_event import CompletionEvent
from shared.messages.exception_event import exception_event
from shared.notify.mail import Mail
from shared.notify.once import Deliveries, despite_refusals
from shared.notify.ports import MailSender, NotificationLog
from shared.notify.render import rendered
from shared.patience import patiently
from shared.phone.redaction import redact
from shared.policy.exceptions import PolicyException
from shared.policy.load import LoadedPolicy
from shared.ports import Clock, EventSink

_LOG = logging.getLogger(__name__)
# Stands in the log where a mail's recipient does; an address it cannot be.
_TOPIC = "event topic"
# A word of both lists is told as the change's rule: the sweep's asks the same.
_MESSAGES: dict[str, str] = {entry.code.value: entry.question for entry in ENTRIES}
_MESSAGES.update((code.value, message) for code, message in MESSAGES.items())
_TEMPLATE = "en/exception_expiring.html.j2"


@dataclass(frozen=True, slots=True)
class ExceptionReportService:
    """Goes through the policy's exceptions, daily; `source` is the events' URI reference."""

    clock: Clock
    policy: LoadedPolicy
    events: EventSink
    mail: MailSender
    log: NotificationLog
    source: str

    async def report(self) -> None:
        """Tells what was not told before.

        Waits while Graph, the bus or storage are out of order; raises TransientError when patience ends. Raises
        DirectoryRefusedError where a mail is refused, after all others were sent. The next run tries both again.
        """
        now = self.clock.now()
        for exception in expired(self.policy.rules, now.date()):
            _LOG.info("Exception %s expired on %s: it may be removed from policy.", exception.id, exception.expires)
        ending = expiring(self.policy.rules, now.date())
        for exception in ending:
            _LOG.warning("Exception %s expires: its last day is %s.", exception.id, exception.expires)
        deliveries = Deliveries(self.log)
        await patiently(self.clock, lambda: self._tell(ending, now, deliveries))

    async def _tell(self, ending: tuple[PolicyException, ...], now: datetime, deliveries: Deliveries) -> None:
        await despite_refusals(self._tell_one(exception, now, deliveries) for exception in ending)

    async def _tell_one(self, exception: PolicyException, now: datetime, deliveries: Deliveries) -> None:
        """Publishes the event and sends the mail."""
        event = exception_event(exception, source=self.source, policy_version=self.policy.version, at=now)
        key = _log_key(event)
        await deliveries.once(key, _TOPIC, lambda: self.events.publish(event))
        mail = self._mail(exception, now, key)
        try:
            await deliveries.once(key, mail.to, lambda: self.mail.send(mail))
        except DirectoryRefusedError:
            _LOG.error("Exception %s: the mail to its owner is refused.", exception.id)
            raise

    def _mail(self, exception: PolicyException, now: datetime, key: str) -> Mail:
        values = {
            "exception": exception,
            "reason": redact(exception.reason, ()),
            "messages": _MESSAGES,
            "days_left": (exception.expires - now.date()).days,
            "name": exception.owner.partition("@")[0],
            "policy_version": self.policy.version,
            "service_desk": self.policy.rules.service_desk,
        }
        mail = rendered(_TEMPLATE, values)
        return Mail(exception.owner, mail.subject, mail.html, key)


def _log_key(event: CompletionEvent) -> str:
    """Gives what the log and the mail's header call an event: an exception's name may hold what neither takes."""
    return f"exception:{hashlib.sha256(event.id.encode()).hexdigest()}"
