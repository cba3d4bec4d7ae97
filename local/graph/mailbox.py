"""Mails that were accepted: each a valid .eml file that appears whole or not at all."""

import base64
import binascii
import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from local.graph.errors import BadRequestError
from local.graph.exchange import JsonObject

RECIPIENT_HEADERS = {"To": "toRecipients", "Cc": "ccRecipients", "Bcc": "bccRecipients", "Reply-To": "replyTo"}
BAD_RECIPIENT = "At least one recipient isn't valid."
BAD_HEADER = "Custom message headers must begin with 'x-' or 'X-'."
HEADERS_TO_SEND_TO = ("toRecipients", "ccRecipients", "bccRecipients")


class InvalidRecipientsError(BadRequestError):
    """At least one recipient isn't valid., A message can't be sent because it contains no recipients."""

    code = "ErrorInvalidRecipients"


class InvalidMessageError(BadRequestError):
    """The message cannot be written as a mail."""

    code = "ErrorInvalidRequest"


@dataclass(frozen=True)
class SentMail:
    """A mail that was accepted. `file` is None where none is kept."""

    time: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    saved_to_sent_items: bool
    message: EmailMessage
    file: Path | None = None

    def as_json(self) -> JsonObject:
        """Writes what the mail was, without what it says."""
        return {
            "time": self.time.isoformat(),
            "from": self.sender,
            "to": list(self.to),
            "subject": self.subject,
            "savedToSentItems": self.saved_to_sent_items,
            "file": str(self.file) if self.file else None,
        }


class Mailbox:
    """Keeps accepted mails, in memory and, where a folder is given, as files."""

    def __init__(self, folder: Path | None = None) -> None:
        self.mails: list[SentMail] = []
        self._folder = folder

    def accept(self, sender: str, message: Mapping[str, Any], now: datetime, *, save: bool) -> SentMail:
        """Keeps a mail. Raises what Exchange answers to one that cannot be sent."""
        written = write_message(sender, message, now)
        recipients = tuple(address for word in HEADERS_TO_SEND_TO for address in _addresses(message.get(word)))
        file = self._keep(written, now) if self._folder else None
        mail = SentMail(now, sender, recipients, str(message.get("subject") or ""), save, written, file)
        self.mails.append(mail)
        return mail

    def _keep(self, message: EmailMessage, now: datetime) -> Path:
        folder = self._folder or Path()
        folder.mkdir(parents=True, exist_ok=True)
        # Sorts by time, then by the order of acceptance; a second run in the same folder overwrites nothing.
        name = f"{now:%Y%m%dT%H%M%S.%fZ}-{len(self.mails):06d}-{uuid.uuid4().hex[:8]}.eml"
        draft = folder / f".{name}.draft"
        with draft.open("wb") as file:
            file.write(message.as_bytes(policy=SMTP))
            file.flush()
            os.fsync(file.fileno())
        return draft.replace(folder / name)


def write_message(sender: str, message: Mapping[str, Any], now: datetime) -> EmailMessage:
    """Turns Graph's message into a mail."""
    if not any(_addresses(message.get(word)) for word in HEADERS_TO_SEND_TO):
        raise InvalidRecipientsError
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = Address(addr_spec=sender)
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = f"<{uuid.uuid4()}@{sender.rpartition('@')[2]}>"
        mail["Subject"] = str(message.get("subject") or "")
        _write_recipients(mail, message)
        _write_other_headers(mail, message)
        _write_body(mail, message)
    except (ValueError, MessageError, IndexError):
        raise InvalidMessageError from None
    return mail


def _write_recipients(mail: EmailMessage, message: Mapping[str, Any]) -> None:
    for header, word in RECIPIENT_HEADERS.items():
        try:
            addresses = [_address(recipient) for recipient in message.get(word) or []]
        except (ValueError, MessageError, IndexError):
            raise InvalidRecipientsError(BAD_RECIPIENT) from None
        if addresses:
            mail[header] = addresses


def _address(recipient: Mapping[str, Any]) -> Address:
    written = recipient.get("emailAddress") or {}
    return Address(str(written.get("name") or ""), addr_spec=str(written.get("address") or ""))


def _addresses(recipients: Iterable[Mapping[str, Any]] | None) -> list[str]:
    return [str((each.get("emailAddress") or {}).get("address") or "") for each in recipients or []]


def _write_other_headers(mail: EmailMessage, message: Mapping[str, Any]) -> None:
    if message.get("importance"):
        mail["Importance"] = str(message["importance"])
    for header in message.get("internetMessageHeaders") or []:
        name = str(header.get("name") or "")
        if not name.lower().startswith("x-"):
            raise InvalidMessageError(BAD_HEADER)
        mail[name] = str(header.get("value") or "")


def _write_body(mail: EmailMessage, message: Mapping[str, Any]) -> None:
    body = message.get("body") or {}
    subtype = "html" if str(body.get("contentType") or "text").lower() == "html" else "plain"
    mail.set_content(str(body.get("content") or ""), subtype=subtype)
    for attachment in message.get("attachments") or []:
        main, _, sub = str(attachment.get("contentType") or "application/octet-stream").partition("/")
        mail.add_attachment(
            _bytes(str(attachment.get("contentBytes") or "")),
            maintype=main,
            subtype=sub or "octet-stream",
            filename=str(attachment.get("name") or "attachment"),
        )


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise InvalidMessageError from None
