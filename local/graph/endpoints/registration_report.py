"""/reports/authenticationMethods/userRegistrationDetails: late, without numbers, without disabled users."""

from collections.abc import Sequence
from datetime import datetime

from local.graph.endpoints.call import Call
from local.graph.endpoints.memberships import defaults
from local.graph.endpoints.users import user_rows
from local.graph.errors import NotFoundError, NotPremiumError
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection
from local.graph.phones.book import PhoneBook, PhoneType
from local.graph.tenant.membership import transitive_roles
from local.graph.tenant.method_kinds import Method
from local.graph.tenant.model import Tenant, User

TYPE_NAME = "userRegistrationDetails"
CONTEXT = "reports/authenticationMethods/userRegistrationDetails"
LOOKED_UP_HERE = ("id", "userPrincipalName")
# Word for word, without a full stop.
NOT_PREMIUM = "Neither tenant is B2C or tenant doesn't have premium license"
PHONE_NAMES = {
    PhoneType.MOBILE: "mobilePhone",
    PhoneType.ALTERNATE_MOBILE: "alternateMobilePhone",
    PhoneType.OFFICE: "officePhone",
}
PREFERRED = {
    "mobile": "sms",
    "alternateMobile": "voiceAlternateMobile",
    "office": "voiceOffice",
    None: "none",
}


def list_details(call: Call) -> Answer:
    """GET: a row for each user who is neither deleted nor disabled."""
    _check_licence(call)
    made_at, tenant = call.state.reported_at(call.now), call.state.tenant
    rows = user_rows(tenant, lambda user: _row(tenant, user, made_at), listed=_is_reported, positions=LOOKED_UP_HERE)
    return collection(call.request, call.options, ListType(TYPE_NAME, CONTEXT, defaults(TYPE_NAME)), rows)


def get_detail(call: Call) -> Answer:
    """GET by the user's id."""
    _check_licence(call)
    wanted = call.values["userRegistrationDetails-id"]
    user = call.state.tenant.user(wanted)
    if user is None or user.id.lower() != wanted.lower() or not _is_reported(user):
        raise NotFoundError
    return call.object_answer(f"{CONTEXT}/$entity", _row(call.state.tenant, user, call.state.reported_at(call.now)))


def _check_licence(call: Call) -> None:
    if not call.state.switches.premium:
        raise NotPremiumError(NOT_PREMIUM)


def _is_reported(user: User) -> bool:
    """Tells whether a user is in the report: disabled ones are missing, MicrosoftDocs/entra-docs#878."""
    return bool(user.properties.get("accountEnabled"))


def _row(tenant: Tenant, user: User, made_at: datetime) -> JsonObject:
    phones, methods = user.phones.as_of(made_at), user.other_methods.as_of(made_at)
    mfa = bool(phones.phones) or any(method.kind.mfa for method in methods)
    registered = _registered(phones, methods)
    guest = str(user.properties.get("userType")).lower() == "guest"
    return {
        "id": user.id,
        "userPrincipalName": user.user_principal_name,
        "userDisplayName": str(user.properties.get("displayName") or ""),
        "userType": "guest" if guest else "member",
        "isAdmin": bool(transitive_roles(tenant, user)),
        "isMfaRegistered": mfa,
        "isMfaCapable": mfa,
        "isPasswordlessCapable": any(method.kind.passwordless for method in methods),
        "isSsprRegistered": bool(registered),
        "isSsprEnabled": not guest,
        "isSsprCapable": bool(registered) and not guest,
        "isSystemPreferredAuthenticationMethodEnabled": True,
        "systemPreferredAuthenticationMethods": [],
        "methodsRegistered": registered,
        "userPreferredMethodForSecondaryAuthentication": PREFERRED.get(user.default_method, user.default_method),
        # The time of the report, not of the user's last change.
        "lastUpdatedDateTime": made_at.isoformat().replace("+00:00", "Z"),
    }


def _registered(phones: PhoneBook, methods: Sequence[Method]) -> list[str]:
    names = [PHONE_NAMES[phone.phone_type] for phone in phones]
    return [*names, *dict.fromkeys(name for method in methods for name in method.kind.report_names)]
