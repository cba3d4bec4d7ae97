"""Sends mail through Microsoft Graph, from the one mailbox that Exchange lets the identity use."""

from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.internet_message_header import InternetMessageHeader
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.message import Message
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody
from msgraph.graph_service_client import GraphServiceClient

from shared.graph.calls import GraphCalls
from shared.notify.mail import Mail

# Exchange counts for itself, by app and mailbox, so the mailbox gets calls and a silence of its own.
MAILBOX_CONCURRENCY = 4
_EVENT_HEADER = "x-mfaphone-event-id"


class GraphMailbox:
    """The product's mailbox."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls, sender: str) -> None:
        self._client = client
        self._calls = calls
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        """Hands a mail over (202: accepted, not delivered), without a copy in Sent Items.

        Raises TransientError, and DirectoryRefusedError where Exchange does not permit the sender or the recipient.
        """
        body = SendMailPostRequestBody(message=_message(mail), save_to_sent_items=False)
        await self._calls(lambda: self._client.users.by_user_id(self._sender).send_mail.post(body))


def _message(mail: Mail) -> Message:
    return Message(
        subject=mail.subject,
        body=ItemBody(content=mail.html, content_type=BodyType.Html),
        to_recipients=[Recipient(email_address=EmailAddress(address=mail.to))],
        internet_message_headers=[InternetMessageHeader(name=_EVENT_HEADER, value=mail.event_id)],
    )
