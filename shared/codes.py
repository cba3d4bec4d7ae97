"""Why a request ended as it did: stable words, each with the sentence that people read."""

from enum import StrEnum


class Code(StrEnum):
    """A stable snake_case word; a subscriber may build on it, so a word is never renamed or used anew."""

    # changed
    CREATED = "created"
    REPLACED = "replaced"
    REMOVED = "removed"
    # already_correct
    SAME_NUMBER = "same_number"
    NOTHING_TO_REMOVE = "nothing_to_remove"
    # planned
    WOULD_CREATE = "would_create"
    WOULD_REPLACE = "would_replace"
    WOULD_REMOVE = "would_remove"
    WOULD_NOT_CHANGE = "would_not_change"
    WOULD_HOLD = "would_hold"
    # rejected
    INVALID_REQUEST = "invalid_request"
    REQUEST_ID_REUSED = "request_id_reused"
    REQUESTED_IN_FUTURE = "requested_in_future"
    REQUESTER_NOT_ALLOWED = "requester_not_allowed"
    INVALID_NUMBER = "invalid_number"
    REGION_NOT_ALLOWED = "region_not_allowed"
    NUMBER_TYPE_NOT_ALLOWED = "number_type_not_allowed"
    EXTENSION_NOT_ALLOWED = "extension_not_allowed"
    NUMBER_BLOCKED = "number_blocked"
    TELEPHONY_RETIRED = "telephony_retired"
    USER_NOT_FOUND = "user_not_found"
    USER_AMBIGUOUS = "user_ambiguous"
    USER_DELETED = "user_deleted"
    PRIVILEGED_USER = "privileged_user"
    ELIGIBLE_ADMINISTRATOR = "eligible_administrator"
    ROLE_GROUP = "role_group"
    RESTRICTED_USER = "restricted_user"
    PROTECTED_USER = "protected_user"
    PROTECTION_UNKNOWN = "protection_unknown"
    GUEST_USER = "guest_user"
    CURRENT_NUMBER_DIFFERS = "current_number_differs"
    MOBILE_REQUIRED = "mobile_required"
    ALTERNATE_MOBILE_DEPENDS = "alternate_mobile_depends"
    WOULD_LOCK_OUT = "would_lock_out"
    COOL_DOWN = "cool_down"
    USER_LIMIT = "user_limit"
    REQUESTER_LIMIT = "requester_limit"
    TENANT_LIMIT = "tenant_limit"
    NUMBER_SHARED = "number_shared"
    PASSWORD_JUST_CHANGED = "password_just_changed"  # noqa: S105 - a code, no password
    UNDO_NOT_POSSIBLE = "undo_not_possible"
    UNDO_OTHER_USER = "undo_other_user"
    CANCELLED = "cancelled"
    # superseded, expired
    NEWER_REQUEST = "newer_request"
    OVERTAKEN = "overtaken"
    PAST_EXPIRY = "past_expiry"
    NOT_APPROVED = "not_approved"
    # failed
    INVALID_ENCODING = "invalid_encoding"
    INVALID_JSON = "invalid_json"
    MESSAGE_TOO_LARGE = "message_too_large"
    SCHEMA_UNSUPPORTED = "schema_unsupported"
    DIRECTORY_REFUSED = "directory_refused"
    DEFAULT_METHOD = "default_method"
    NUMBER_NOT_UNIQUE = "number_not_unique"
    NOT_CONFIRMED = "not_confirmed"
    PARTLY_REMOVED = "partly_removed"
    ORDER_LOST = "order_lost"
    DELIVERIES_EXHAUSTED = "deliveries_exhausted"


# A write may have taken place: nothing may say that nothing was changed.
IN_DOUBT = frozenset(
    {
        Code.OVERTAKEN,
        Code.NUMBER_NOT_UNIQUE,
        Code.NOT_CONFIRMED,
        Code.PARTLY_REMOVED,
        Code.DELIVERIES_EXHAUSTED,
    }
)


class WarningCode(StrEnum):
    """What a subscriber should know although the request ended well."""

    SMS_SIGN_IN_NOT_REGISTERED = "sms_sign_in_not_registered"
    NEWER_PHONES_SPARED = "newer_phones_spared"
    TELEPHONY_RETIRES = "telephony_retires"
    TELEPHONY_RETIRED = "telephony_retired"
    PHONE_IS_ONLY_METHOD = "phone_is_only_method"
    SESSION_MISMATCH = "session_mismatch"
    MESSAGE_ID_MISMATCH = "message_id_mismatch"


MESSAGES: dict[Code, str] = {
    Code.CREATED: "The phone was added and read back.",
    Code.REPLACED: "The phone was replaced and read back.",
    Code.REMOVED: "The phone was removed and read back.",
    Code.SAME_NUMBER: "The user already has this number.",
    Code.NOTHING_TO_REMOVE: "The user has no such phone.",
    Code.WOULD_CREATE: "Dry run: the phone would be added.",
    Code.WOULD_REPLACE: "Dry run: the phone would be replaced.",
    Code.WOULD_REMOVE: "Dry run: the phone would be removed.",
    Code.WOULD_NOT_CHANGE: "Dry run: nothing would change.",
    Code.WOULD_HOLD: "Dry run: the request would be held for a second person, or for a while.",
    Code.INVALID_REQUEST: "The request does not fit the contract.",
    Code.REQUEST_ID_REUSED: "Another request with this id and other content came first; this one was not run.",
    Code.REQUESTED_IN_FUTURE: "The request claims to have been made in the future.",
    Code.REQUESTER_NOT_ALLOWED: "The requester is not entitled to this operation.",
    Code.INVALID_NUMBER: "The number cannot be used.",
    Code.REGION_NOT_ALLOWED: "Numbers of this region are not allowed.",
    Code.NUMBER_TYPE_NOT_ALLOWED: "Numbers of this type are not allowed for this phone.",
    Code.EXTENSION_NOT_ALLOWED: "Only an office phone may have an extension.",
    Code.NUMBER_BLOCKED: "Policy blocks this number.",
    Code.TELEPHONY_RETIRED: "SMS and voice no longer reach the users of this tenant: a phone is no method any more.",
    Code.USER_NOT_FOUND: "No such user exists in the directory.",
    Code.USER_AMBIGUOUS: "More than one user has this employee id.",
    Code.USER_DELETED: "The user is deleted; an administrator must restore the account first.",
    Code.PRIVILEGED_USER: "The user holds a protected directory role; an administrator must make this change.",
    Code.ELIGIBLE_ADMINISTRATOR: "The user may activate a protected directory role; an administrator must do it.",
    Code.ROLE_GROUP: "The user is in, or owns, a group that can hold directory roles; an administrator must do it.",
    Code.RESTRICTED_USER: "The user is protected from changes by applications.",
    Code.PROTECTED_USER: "Policy lists the user as protected; an administrator must make this change.",
    Code.PROTECTION_UNKNOWN: "Microsoft Graph did not let the app see whether the user is an administrator.",
    Code.GUEST_USER: "The user is a guest, whose methods belong to the home organisation.",
    Code.CURRENT_NUMBER_DIFFERS: "The current number is not the one that the request names.",
    Code.MOBILE_REQUIRED: "An alternate mobile phone needs a mobile phone first.",
    Code.ALTERNATE_MOBILE_DEPENDS: "The mobile phone cannot be removed while an alternate mobile phone exists.",
    Code.WOULD_LOCK_OUT: "The user would be left with too few usable methods to sign in.",
    Code.COOL_DOWN: "The user's phones were changed a short while ago.",
    Code.USER_LIMIT: "The user's phones were changed unusually often.",
    Code.REQUESTER_LIMIT: "The requester has asked for unusually many changes.",
    Code.TENANT_LIMIT: "Unusually many phones were changed in the whole company.",
    Code.NUMBER_SHARED: "The number already belongs to other users.",
    Code.PASSWORD_JUST_CHANGED: "The user's password was changed a short while ago.",
    Code.UNDO_NOT_POSSIBLE: "The request cannot be undone.",
    Code.UNDO_OTHER_USER: "The request that is to be undone concerned another user.",
    Code.CANCELLED: "The request was held, and a person cancelled it.",
    Code.NEWER_REQUEST: "A newer request for the same phone came first.",
    Code.OVERTAKEN: "A newer request for the same phone came while this one was being written: it may be in place.",
    Code.PAST_EXPIRY: "The request expired before it could be carried out.",
    Code.NOT_APPROVED: "The request was held for a second person, and nobody approved it in time.",
    Code.INVALID_ENCODING: "The message is not UTF-8 text.",
    Code.INVALID_JSON: "The message is not a JSON object.",
    Code.MESSAGE_TOO_LARGE: "The message is larger than a change request can be.",
    Code.SCHEMA_UNSUPPORTED: "The message has a schema version that this release does not know.",
    Code.DIRECTORY_REFUSED: "Microsoft Graph refused the change.",
    Code.DEFAULT_METHOD: "The phone is the user's default method; another default must be chosen first.",
    Code.NUMBER_NOT_UNIQUE: "Microsoft Graph reports the number as taken and did not write it.",
    Code.NOT_CONFIRMED: "The change may have been made: it was about to be sent, but no read has confirmed it.",
    Code.PARTLY_REMOVED: "Some of the user's phones were removed, others could not be.",
    Code.ORDER_LOST: "An earlier request carries a later number: the queue's sequence numbers have started anew.",
    Code.DELIVERIES_EXHAUSTED: "The message could not be processed in any of its deliveries.",
}
