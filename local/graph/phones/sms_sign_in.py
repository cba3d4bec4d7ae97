"""Why 409: a mobile number is also registered for SMS sign-in, and there it must be unique in the tenant.

The clash does not undo the write: the number is the user's MFA number all the same. Source:
https://learn.microsoft.com/graph/api/phoneauthenticationmethod-enablesmssignin and
realmjoin/realmjoin-runbooks#318.
"""

from local.graph.errors import MethodRefusedError, PhoneNumberNotUniqueError
from local.graph.phones.book import Phone, PhoneType, SmsSignInState
from local.graph.tenant.model import Tenant, User


def written(tenant: Tenant, user: User, phone_type: PhoneType, number: str) -> Phone:
    """Makes the phone as it is kept, with the outcome of the registration that nobody asked for."""
    if phone_type is not PhoneType.MOBILE:
        return Phone(phone_type, number, SmsSignInState.NOT_SUPPORTED)
    if not user.sms_sign_in:
        return Phone(phone_type, number, SmsSignInState.NOT_ALLOWED_BY_POLICY)
    return Phone(phone_type, number, _registered(tenant, user, number))


def check_registered(phone: Phone) -> None:
    """Answers a write whose number another user holds."""
    if phone.sms_sign_in is SmsSignInState.PHONE_NUMBER_NOT_UNIQUE:
        raise PhoneNumberNotUniqueError


def enabled(tenant: Tenant, user: User, phone: Phone) -> Phone:
    """Registers the phone for SMS sign-in; where it clashes, the state says so and stays."""
    _check_mobile(phone)
    if not user.sms_sign_in:
        message = "The user is not enabled for SMS sign-in by the authentication methods policy."
        raise MethodRefusedError(message)
    return Phone(phone.phone_type, phone.number, _registered(tenant, user, phone.number))


def disabled(phone: Phone) -> Phone:
    """Releases the number."""
    _check_mobile(phone)
    return Phone(phone.phone_type, phone.number, SmsSignInState.NOT_ENABLED)


def _registered(tenant: Tenant, user: User, number: str) -> SmsSignInState:
    holder = tenant.sms_sign_in_holder(number, besides=user)
    return SmsSignInState.PHONE_NUMBER_NOT_UNIQUE if holder else SmsSignInState.READY


def _check_mobile(phone: Phone) -> None:
    if phone.phone_type is not PhoneType.MOBILE:
        message = f"SMS sign-in is not supported for phones of type '{phone.phone_type}'."
        raise MethodRefusedError(message)
