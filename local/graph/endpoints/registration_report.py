"""/reports/authenticationMethods/userRegistrationDetails: late, without numbers, without disabled users."""

from datetime import datetime

from local.graph.endpoints.call import Call
from local.graph.endpoints.memberships import defaults
from local.graph.errors import NotFoundError
from local.graph.exchange import Answer, JsonObject
from local.graph.odata.collections import ListType, collection
from local.graph.phones.book import PhoneBook, PhoneType
from local.graph.tenant.membership import transitive_roles
from local.graph.tenant.model import Tenant, User

TYPE_NAME = "userRegistrationDetails"
CONTEXT = "reports/authenticationMethods/userRegistrationDetails"
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
    listed = ListType(TYPE_NAME, CONTEXT, defaults(TYPE_NAME))
    return collection(call.request, call.options, listed, _rows(call))


def get_detail(call: Call) -> Answer:
    """GET by the user's id."""
    wanted = call.values["userRegistrationDetails-id"].lower()
    row = next((row for row in _rows(call) if row["id"].lower() == wanted), None)
    if row is None:
        raise NotFoundError
    return call.object_answer(f"{CONTEXT}/$entity", row)


def _rows(call: Call) -> list[JsonObject]:
    made_at = call.state.reported_at(call.now)
    tenant = call.state.tenant
    # Disabled users are missing from the real report: MicrosoftDocs/entra-docs#878.
    return [_row(tenant, user, made_at) for user in tenant.live_users() if user.properties.get("accountEnabled")]


def _row(tenant: Tenant, user: User, made_at: datetime) -> JsonObject:
    phones = user.phones.as_of(made_at)
    mfa = bool(phones.phones) or any(method.kind.mfa for method in user.methods)
    registered = _registered(user, phones)
    guest = str(user.properties.get("userType")).lower() == "guest"
    return {
        "id": user.id,
        "userPrincipalName": user.user_principal_name,
        "userDisplayName": str(user.properties.get("displayName") or ""),
        "userType": "guest" if guest else "member",
        "isAdmin": bool(transitive_roles(tenant, user)),
        "isMfaRegistered": mfa,
        "isMfaCapable": mfa,
        "isPasswordlessCapable": any(method.kind.passwordless for method in user.methods),
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


def _registered(user: User, phones: PhoneBook) -> list[str]:
    names = [PHONE_NAMES[phone.phone_type] for phone in phones]
    return [*names, *dict.fromkeys(method.kind.report_name for method in user.methods if method.kind.report_name)]
