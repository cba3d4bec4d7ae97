"""The mail that asks somebody whose only method is a phone to register a passkey. It names no number."""

from shared.notify.language import language_of
from shared.notify.mail import Mail
from shared.notify.render import rendered
from shared.policy.model import Policy
from shared.sweep.follow_up import FollowUp
from shared.sweep.ports import Notice


def passkey_mail(person: FollowUp, notice: Notice, rules: Policy) -> Mail:
    """Gives the mail, in the person's language as far as there are templates for it."""
    values = {
        "name": person.display_name or person.user_principal_name,
        "user_principal_name": person.user_principal_name,
        "mode": rules.telephony.mode,
        "retires_on": rules.telephony.retires_on,
        "is_over": notice.claimed_at.date() >= rules.telephony.retires_on,
        "service_desk": rules.service_desk,
    }
    mail = rendered(f"{language_of(person.preferred_language)}/register_passkey.html.j2", values)
    return Mail(person.mail, mail.subject, mail.html, f"passkey:{notice.wave}:{person.user_id}")
