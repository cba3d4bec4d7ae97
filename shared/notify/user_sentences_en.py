"""The sentences for the user, in English."""

from shared.codes import Code

# One sentence for all of them: whoever reads the mail must not learn which list, role or group it was.
_BY_HAND = "This change cannot be made in the usual way for your account. Please ask your service desk."
# Nor whether it was one requester or the whole company.
_MANY = "Unusually many changes were asked for in a short time."
_UNREADABLE = "The request could not be read. A person has to look into it."

ENGLISH: dict[Code, str] = {
    Code.CREATED: "The phone was added.",
    Code.REPLACED: "The phone was changed.",
    Code.REMOVED: "The phone was removed.",
    Code.SAME_NUMBER: "The phone already is the one that was asked for.",
    Code.NOTHING_TO_REMOVE: "There is no such phone.",
    Code.WOULD_CREATE: "This was a trial: the phone would be added.",
    Code.WOULD_REPLACE: "This was a trial: the phone would be changed.",
    Code.WOULD_REMOVE: "This was a trial: the phone would be removed.",
    Code.WOULD_NOT_CHANGE: "This was a trial: nothing would change.",
    Code.WOULD_HOLD: "This was a trial: the change would wait until it is looked at.",
    Code.INVALID_REQUEST: "The request is not complete, or not correct.",
    Code.REQUEST_ID_REUSED: "The request looks like an earlier one, but asks for something else.",
    Code.REQUESTED_IN_FUTURE: "The request carries a date that lies ahead.",
    Code.REQUESTER_NOT_ALLOWED: "The change did not come from where such changes may be asked for.",
    Code.INVALID_NUMBER: "The phone number is not complete, or cannot be read without doubt.",
    Code.REGION_NOT_ALLOWED: "Phone numbers of this country cannot be used to sign in at your company.",
    Code.NUMBER_TYPE_NOT_ALLOWED: "A phone number of this kind cannot be used to sign in at your company.",
    Code.EXTENSION_NOT_ALLOWED: "Only an office phone may have an extension.",
    Code.NUMBER_BLOCKED: "This phone number cannot be used to sign in at your company.",
    Code.TELEPHONY_RETIRED: "Text messages and calls are no longer a way to sign in. "
    "Please register a passkey or the Authenticator app instead.",
    Code.USER_NOT_FOUND: "The account was not found.",
    Code.USER_AMBIGUOUS: "It is not clear whose account is meant.",
    Code.USER_DELETED: "The account is not in use any more.",
    Code.PRIVILEGED_USER: _BY_HAND,
    Code.ELIGIBLE_ADMINISTRATOR: _BY_HAND,
    Code.ROLE_GROUP: _BY_HAND,
    Code.RESTRICTED_USER: _BY_HAND,
    Code.PROTECTED_USER: _BY_HAND,
    Code.PROTECTION_UNKNOWN: _BY_HAND,
    Code.GUEST_USER: "You sign in with the account of another organisation. Please change your phone there.",
    Code.CURRENT_NUMBER_DIFFERS: "The phone has changed since, or is not the one that the request expects.",
    Code.MOBILE_REQUIRED: "An alternate mobile phone needs a mobile phone first.",
    Code.ALTERNATE_MOBILE_DEPENDS: "The mobile phone cannot be removed as long as there is an alternate one.",
    Code.WOULD_LOCK_OUT: "After this change you could perhaps no longer sign in. "
    "Please register a passkey or the Authenticator app first.",
    Code.COOL_DOWN: "Your phones were changed only a short while ago.",
    Code.USER_LIMIT: "Your phones were changed several times in a short time.",
    Code.REQUESTER_LIMIT: _MANY,
    Code.TENANT_LIMIT: _MANY,
    Code.NUMBER_SHARED: "The phone number has to be checked before it can be used.",
    Code.PASSWORD_JUST_CHANGED: "Your password was changed only a short while ago.",
    Code.UNDO_NOT_POSSIBLE: "The former phone cannot be put back.",
    Code.UNDO_OTHER_USER: "The former phone cannot be put back for your account.",
    Code.CANCELLED: "The change was looked at, and cancelled.",
    Code.NEWER_REQUEST: "A newer request for the same phone came first.",
    Code.OVERTAKEN: "Two changes of the same phone met. Please look which phone is in place.",
    Code.PAST_EXPIRY: "The change could not be made in time.",
    Code.NOT_APPROVED: "The change had to be looked at first, and nobody approved it in time.",
    Code.INVALID_ENCODING: _UNREADABLE,
    Code.INVALID_JSON: _UNREADABLE,
    Code.MESSAGE_TOO_LARGE: _UNREADABLE,
    Code.SCHEMA_UNSUPPORTED: _UNREADABLE,
    Code.DIRECTORY_REFUSED: "The change was not accepted by Microsoft. A person has to look into it.",
    Code.DEFAULT_METHOD: "The phone is your default way to sign in. Please choose another default at "
    "mysignins.microsoft.com/security-info first.",
    Code.NUMBER_NOT_UNIQUE: "The change was not confirmed by Microsoft. A person has to look into it.",
    Code.NOT_CONFIRMED: "The change may have been made, but is not confirmed. Please look at your sign-in methods.",
    Code.PARTLY_REMOVED: "Some of your phones were removed, others could not be.",
    Code.ORDER_LOST: "It is not clear which of several requests is the newest. A person has to look into it.",
    Code.DELIVERIES_EXHAUSTED: "The request did not come to its end. A person has to look into it.",
}
