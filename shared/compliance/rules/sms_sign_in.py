"""SMS sign-in is on: the code alone opens the account, without a password.

https://learn.microsoft.com/entra/identity/authentication/howto-authentication-sms-signin
"""

from collections.abc import Iterable

from shared.compliance.case import COMPLIANT, Answer, Case, Rule, unknown, violation
from shared.compliance.finding import ComplianceCode
from shared.compliance.phone_rules import unread
from shared.compliance.phone_words import seen_words
from shared.compliance.rows import PhoneSeen
from shared.phone.phone_type import PhoneType

_ON = "ready"
# Graph's other words for smsSignInState; any word that is not among them may mean anything.
_OFF = frozenset({"notSupported", "notAllowedByPolicy", "notEnabled", "phoneNumberNotUnique", "notConfigured"})


def ask(case: Case) -> Answer:
    """Objects to a mobile phone that is ready for it; Graph offers it for no other phone."""
    if case.phones is not None:
        return _read(case, case.phones)
    return unread(case) if PhoneType.MOBILE in (case.methods.phones or ()) else None


def _read(case: Case, phones: Iterable[PhoneSeen]) -> Answer:
    mobile = next((phone for phone in phones if phone.phone_type is PhoneType.MOBILE), None)
    if mobile is None:
        return None
    if mobile.sms_sign_in == _ON:
        ends = case.standards.rules.telephony.retires_on
        told = f"The {seen_words(mobile)} alone signs in, without a password. Microsoft ends SMS sign-in on {ends}."
        return violation(told, phone_type=PhoneType.MOBILE)
    if mobile.sms_sign_in in _OFF:
        return COMPLIANT
    told = f"Microsoft Graph does not say whether the {seen_words(mobile)} alone signs in."
    return unknown(told, phone_type=PhoneType.MOBILE)


RULE = Rule(ComplianceCode.SMS_SIGN_IN, ask)
