"""Every rule as data: its code, what it needs to know, what it may answer, in the order in which objections are told.

`docs/policy.md` is made from it; the sentence for the service desk is the code's (`shared.codes`), the one for the user
stands in `shared.notify.user_sentences`.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.codes import Code
from shared.policy.answers import Answer


class Need(StrEnum):
    """What must be known before a rule can be asked."""

    REQUEST = "request"
    """The request alone: decided even while Microsoft Graph is down."""
    DIRECTORY = "directory"
    """The user, the methods and the memberships."""
    HISTORY = "history"
    """What this product changed of late."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule's data. `answers` are what policy may let it answer, `answer` is what it answers otherwise."""

    code: Code
    need: Need
    asks: str
    answer: Answer = Answer.REFUSE
    answers: tuple[Answer, ...] = (Answer.REFUSE,)
    # Whether policy's exceptions may excuse it.
    excusable: bool = False
    # What is supposed where something that it asks cannot be known; empty where it always is.
    unknown: str = ""


_ANY = tuple(Answer)
_REFUSE_OR_HOLD = (Answer.HOLD, Answer.REFUSE)
_NOT_OFF = tuple(answer for answer in Answer if answer is not Answer.ALLOW)

ENTRIES: tuple[Entry, ...] = (
    Entry(Code.REQUESTED_IN_FUTURE, Need.REQUEST, "Was it requested later than now, beyond what clocks may differ?"),
    Entry(Code.REQUESTER_NOT_ALLOWED, Need.REQUEST, "Is the requester not entitled to the operation?"),
    Entry(
        Code.PRIVILEGED_USER,
        Need.DIRECTORY,
        "Does the user hold a protected role, directly or through groups?",
        unknown="a role that the app may not read is a protected one",
    ),
    Entry(
        Code.ELIGIBLE_ADMINISTRATOR,
        Need.DIRECTORY,
        "May the user activate a protected role (PIM)?",
        unknown="a role that the app may not read is a protected one",
    ),
    Entry(
        Code.ROLE_GROUP,
        Need.DIRECTORY,
        "Is the user, or may the user become (PIM), a member or owner of a role-assignable group?",
        unknown="a group that the app may not read can hold roles",
    ),
    Entry(
        Code.RESTRICTED_USER,
        Need.DIRECTORY,
        "Is the user in a restricted management administrative unit?",
        unknown="Graph's null means no, as its documentation says",
    ),
    Entry(
        Code.PROTECTION_UNKNOWN,
        Need.DIRECTORY,
        "Could Graph not say whether the user is protected?",
        unknown="this rule is the answer: memberships, assignments or owned groups that Graph refuses to tell",
    ),
    Entry(
        Code.PROTECTED_USER,
        Need.DIRECTORY,
        "Is the user, or one of the user's groups, on policy's list?",
        answers=_REFUSE_OR_HOLD,
        unknown="memberships that Graph refuses to tell are `protection_unknown`",
    ),
    Entry(
        Code.GUEST_USER,
        Need.DIRECTORY,
        "Is the user a guest?",
        answers=_ANY,
        excusable=True,
        unknown="whoever is not known to be a member is a guest",
    ),
    Entry(
        Code.INVALID_NUMBER,
        Need.REQUEST,
        "Is the text not one valid number?",
        unknown="a national number of no known region is not valid",
    ),
    Entry(Code.EXTENSION_NOT_ALLOWED, Need.REQUEST, "Has a phone that is no office phone an extension?"),
    Entry(
        Code.NUMBER_BLOCKED,
        Need.REQUEST,
        "Does the number begin with a blocked prefix?",
        answers=_REFUSE_OR_HOLD,
        excusable=True,
    ),
    Entry(
        Code.REGION_NOT_ALLOWED,
        Need.REQUEST,
        "Is the number's region blocked, or not on the list?",
        answers=_NOT_OFF,
        excusable=True,
    ),
    Entry(
        Code.NUMBER_TYPE_NOT_ALLOWED,
        Need.REQUEST,
        "Is the number of a type that the phone may not have (VoIP, premium rate, shared cost, ...)?",
        answers=_NOT_OFF,
        excusable=True,
    ),
    Entry(
        Code.TELEPHONY_RETIRED,
        Need.REQUEST,
        "Does a phone no longer reach its user, by the day and policy's telephony mode?",
        answers=_NOT_OFF,
        excusable=True,
    ),
    Entry(
        Code.CURRENT_NUMBER_DIFFERS,
        Need.DIRECTORY,
        "Is the number now another one than the request names?",
        unknown="a stored text that is no number is another one",
    ),
    Entry(
        Code.WOULD_LOCK_OUT,
        Need.DIRECTORY,
        "Would fewer usable methods be left than before, and than the minimum?",
        unknown="a method of an unknown type does not count, a stored text that is no number neither; an account that "
        "is not known to be disabled is in use",
    ),
    Entry(
        Code.NUMBER_SHARED,
        Need.HISTORY,
        "Do as many other users have the number as policy allows?",
        answer=Answer.HOLD,
        answers=_ANY,
        excusable=True,
        unknown="a holder who cannot be read still has it; while the index cannot be read the request waits",
    ),
    Entry(
        Code.COOL_DOWN,
        Need.HISTORY,
        "Was a phone of the user changed within the cool-down?",
        answer=Answer.HOLD,
        answers=_ANY,
        excusable=True,
        unknown="while the history cannot be read the request waits",
    ),
    Entry(
        Code.PASSWORD_JUST_CHANGED,
        Need.DIRECTORY,
        "Was the user's password changed within the time that policy names?",
        answer=Answer.HOLD,
        answers=_ANY,
        excusable=True,
        unknown="a password of unknown age is young",
    ),
    Entry(
        Code.USER_LIMIT,
        Need.HISTORY,
        "Were the user's phones changed as often as policy allows in the window?",
        answer=Answer.HOLD,
        answers=_ANY,
        excusable=True,
        unknown="as `cool_down`",
    ),
    Entry(
        Code.REQUESTER_LIMIT,
        Need.HISTORY,
        "Has the requester made as many changes as policy allows in the window?",
        answer=Answer.HOLD,
        answers=_ANY,
        excusable=True,
        unknown="as `cool_down`",
    ),
    Entry(
        Code.TENANT_LIMIT,
        Need.HISTORY,
        "Were as many phones changed in the tenant as policy allows in the window?",
        answer=Answer.HOLD,
        answers=_ANY,
        excusable=True,
        unknown="as `cool_down`",
    ),
)
CATALOGUE: dict[Code, Entry] = {entry.code: entry for entry in ENTRIES}
