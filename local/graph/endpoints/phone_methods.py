"""/users/{id}/authentication/phoneMethods."""

from local.graph.endpoints.call import NO_CONTENT, Call
from local.graph.errors import MethodRefusedError
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection
from local.graph.phones.book import Phone, PhoneType
from local.graph.phones.numbers import stored_form
from local.graph.phones.rules import check_addition, check_change, check_removal, named_phone
from local.graph.phones.sms_sign_in import check_registered, disabled, enabled, written
from local.graph.tenant.model import User

CONTEXT = "users('{user_id}')/authentication/phoneMethods"
PROPERTIES = dict.fromkeys(("id", "createdDateTime", "phoneNumber", "phoneType", "smsSignInState"))


def phone_as_json(phone: Phone) -> JsonObject:
    """Writes a phone as Graph answers it. Its creation date is never told."""
    return {
        "id": phone.method_id,
        "createdDateTime": None,
        "phoneNumber": phone.number,
        "phoneType": str(phone.phone_type),
        "smsSignInState": str(phone.sms_sign_in),
    }


def list_phones(call: Call) -> Answer:
    """GET: all phones of the user, at most three."""
    user = call.user()
    listed = ListType("phoneAuthenticationMethod", CONTEXT.format(user_id=user.id), PROPERTIES)
    return collection(call.request, call.options, listed, [phone_as_json(phone) for phone in call.phones_seen(user)])


def get_phone(call: Call) -> Answer:
    """GET by the fixed id of its type."""
    user = call.user()
    phone = named_phone(call.phones_seen(user), _method_id(call))
    return call.object_answer(f"{CONTEXT.format(user_id=user.id)}/$entity", phone_as_json(phone))


def create_phone(call: Call) -> Answer:
    """POST: 201 with the phone; 409 where SMS sign-in clashes, although the phone is there."""
    user = call.writable_user()
    phone_type = _phone_type(call.body["phoneType"])
    check_addition(user.phones.latest, phone_type)
    phone = _write(call, user, phone_type)
    return call.object_answer(f"{CONTEXT.format(user_id=user.id)}/$entity", phone_as_json(phone), status=201)


def update_phone(call: Call) -> Answer:
    """PATCH: 204 without a body; 409 where SMS sign-in clashes, although the number is changed."""
    user = call.writable_user()
    phone = named_phone(user.phones.latest, _method_id(call))
    check_change(phone, call.body.get("phoneType"))
    _write(call, user, phone.phone_type)
    return NO_CONTENT


def delete_phone(call: Call) -> Answer:
    """DELETE: 204."""
    user = call.writable_user()
    book = user.phones.latest
    phone = named_phone(book, _method_id(call))
    check_removal(book, phone, user.default_phone)
    call.state.journal.drop_phone(user, phone.phone_type, call.now)
    return NO_CONTENT


def enable_sms_sign_in(call: Call) -> Answer:
    """POST enableSmsSignIn: 204; 409 where another user holds the number."""
    user = call.writable_user()
    phone = enabled(call.state.tenant, user, named_phone(user.phones.latest, _method_id(call)))
    call.state.journal.put_phone(user, phone, call.now)
    check_registered(phone)
    return NO_CONTENT


def disable_sms_sign_in(call: Call) -> Answer:
    """POST disableSmsSignIn: 204; the number is free for others."""
    user = call.writable_user()
    phone = disabled(named_phone(user.phones.latest, _method_id(call)))
    call.state.journal.put_phone(user, phone, call.now)
    return NO_CONTENT


def _write(call: Call, user: User, phone_type: PhoneType) -> Phone:
    phone = written(call.state.tenant, user, phone_type, stored_form(call.body["phoneNumber"]))
    call.state.journal.put_phone(user, phone, call.now)
    check_registered(phone)
    return phone


def _method_id(call: Call) -> str:
    return call.values["phoneAuthenticationMethod-id"]


def _phone_type(name: str) -> PhoneType:
    try:
        return PhoneType(name)
    except ValueError:
        message = f"The phone type '{name}' is not supported."
        raise MethodRefusedError(message) from None
