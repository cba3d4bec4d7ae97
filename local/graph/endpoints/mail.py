"""/users/{id}/sendMail: 202 means accepted, not delivered."""

from local.graph.endpoints.call import Call
from local.graph.errors import MailboxDeniedError, MailboxNotFoundError
from local.graph.exchange import Answer


def send_mail(call: Call) -> Answer:
    """POST: keeps the mail. The generated clients write Message, the reference pages message; both are taken."""
    sender = _sender(call)
    words = {name.lower(): value for name, value in call.body.items()}
    save = words.get("savetosentitems", True)
    call.state.mailbox.accept(sender, words["message"], call.now, save=bool(save))
    return Answer(202)


def _sender(call: Call) -> str:
    """Returns the address to send from, where the caller may.

    Exchange RBAC for Applications scopes an application to mailboxes, which need not be users that the file tells of;
    Mail.Send in Entra reaches every mailbox. What neither allows is denied before anyone looks whether it exists.
    """
    key = call.values["user-id"]
    user = call.state.tenant.user(key)
    address = str(user.properties.get("mail") or user.user_principal_name) if user else key
    scoped = {key.lower(), address.lower()} & call.state.mail_senders
    if not scoped and not call.caller.has_any(call.operation.permissions):
        raise MailboxDeniedError
    if not scoped and user is None:
        message = f"The requested user '{key}' is invalid."
        raise MailboxNotFoundError(message)
    return address
