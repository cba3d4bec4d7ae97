"""What the notifications need of the world. Every method may raise TransientError of its own kind."""

from typing import Protocol

from shared.directory_user import DirectoryUser
from shared.notify.mail import Mail


class Recipients(Protocol):
    """Who can be told about a change."""

    async def user(self, user_id: str) -> DirectoryUser | None:
        """Reads a user; None where there is none any more."""
        ...

    async def manager_of(self, user_id: str) -> DirectoryUser | None:
        """Reads a user's manager; None where there is none."""
        ...


class MailSender(Protocol):
    """Sends mail from the product's mailbox."""

    async def send(self, mail: Mail) -> None:
        """Hands a mail over for delivery."""
        ...


class NotificationLog(Protocol):
    """Which mails went out for which event."""

    async def was_sent(self, event_id: str, recipient: str) -> bool:
        """Says whether the mail to one recipient is known to have been handed over."""
        ...

    async def mark_sent(self, event_id: str, recipient: str) -> None:
        """Notes that it was."""
        ...
