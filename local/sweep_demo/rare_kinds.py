"""The rare kinds of people in a generated tenant: one for each thing that the sweep looks for, and combinations."""

from typing import Any, Final

from local.sweep_demo import number_blocks
from local.sweep_demo.kinds import (
    APP,
    DESK,
    DISABLED,
    FEW,
    GROUP_OF_ADMINISTRATORS,
    GROUP_ON_THE_LIST,
    LEFT,
    MOBILE,
    OFFICE,
    ON_PHONE,
    ON_PHONE_ALONE,
    ONE_PHONE,
    OWN,
    PASSKEY,
    Kind,
    NumberSource,
)
from local.sweep_demo.planted import Seed
from shared.compliance.finding import ComplianceCode, Verdict
from shared.phone.phone_type import PhoneType

_C = ComplianceCode
_SOUND = (APP, PASSKEY)


def _of_phone(
    *codes: ComplianceCode, phone_type: PhoneType = MOBILE, verdict: Verdict = Verdict.VIOLATION
) -> tuple[Seed, ...]:
    return tuple(Seed(code, verdict, phone_type) for code in codes)


def _odd(name: str, source: NumberSource, *codes: ComplianceCode, **more: Any) -> Kind:  # noqa: ANN401 - fields of Kind
    """Gives someone with enough methods, so that nothing is found but what their number brings along."""
    return Kind(name, _SOUND, ((MOBILE, source),), _of_phone(*codes), **more)


def _protected(name: str, **words: Any) -> Kind:  # noqa: ANN401 - words of the tenant file
    return Kind(name, _SOUND, ONE_PHONE, ON_PHONE, words)


SHARED: Final = Kind("shared number", _SOUND, ONE_PHONE, _of_phone(_C.NUMBER_SHARED))
VOIP_EXCUSED: Final = "call-centre-voip"
PHONE_EXCUSED: Final = "depot-without-app"

_DEAF = (_C.NUMBER_TYPE_NOT_ALLOWED, _C.NUMBER_UNDELIVERABLE)
# What takes a number to judge.
_UNREAD = (
    _C.NUMBER_INVALID,
    _C.NUMBER_FORMAT,
    _C.NUMBER_TYPE_NOT_ALLOWED,
    _C.REGION_NOT_ALLOWED,
    _C.NUMBER_BLOCKED,
    _C.NUMBER_UNDELIVERABLE,
    _C.NUMBER_SHARED,
    _C.SMS_SIGN_IN,
)

# Each is there at least once, and else in so many of 10,000 people.
RARE: Final = (
    (_odd("number that does not exist", number_blocks.NO_SUCH_NUMBER, _C.NUMBER_INVALID), 12),
    (_odd("thin space", OWN, _C.NUMBER_FORMAT, odd_format=True), 25),
    (_odd("premium rate", number_blocks.PREMIUM_RATE, _C.NUMBER_TYPE_NOT_ALLOWED, _C.NUMBER_UNDELIVERABLE), 4),
    (_odd("voip", number_blocks.VOIP, _C.NUMBER_TYPE_NOT_ALLOWED), 15),
    (_odd("desk phone as mobile", DESK["GB"], _C.NUMBER_TYPE_NOT_ALLOWED), 0),
    (_odd("pager", number_blocks.PAGER, _C.NUMBER_TYPE_NOT_ALLOWED, _C.NUMBER_UNDELIVERABLE), 3),
    (_odd("blocked region", number_blocks.OF_BLOCKED_REGION, _C.REGION_NOT_ALLOWED), 8),
    (_odd("deaf region", number_blocks.OF_DEAF_REGION, _C.NUMBER_UNDELIVERABLE), 6),
    (_odd("fraud range", number_blocks.OF_FRAUD_RANGE, _C.NUMBER_BLOCKED), 5),
    (_odd("signs in by text message", OWN, _C.SMS_SIGN_IN, words={"smsSignIn": True}), 20),
    (_odd("excused voip", number_blocks.VOIP, _C.NUMBER_TYPE_NOT_ALLOWED, excused_by=VOIP_EXCUSED), 2),
    (Kind("excused phone only", (), ONE_PHONE, ON_PHONE_ALONE, excused_by=PHONE_EXCUSED), 2),
    (_protected("administrator", roles=["User Administrator"]), 5),
    (
        _protected(
            "administrator of a unit",
            scopedRoles=[{"displayName": "Helpdesk Administrator", "administrativeUnit": "North"}],
        ),
        3,
    ),
    (_protected("administrator by group", memberOf=[GROUP_OF_ADMINISTRATORS]), 3),
    (_protected("owner of such a group", owns=[GROUP_OF_ADMINISTRATORS]), 0),
    (_protected("may become administrator", eligibleRoles=["Global Administrator"]), 4),
    (_protected("may join administrators", eligibleMemberOf=[GROUP_OF_ADMINISTRATORS]), 1),
    (_protected("on the board", memberOf=[GROUP_ON_THE_LIST["displayName"]]), 1),
    (
        Kind(
            "administrator on a phone",
            (),
            ONE_PHONE,
            (*ON_PHONE_ALONE, *ON_PHONE),
            {"roles": ["Helpdesk Administrator"]},
        ),
        1,
    ),
    (Kind("sound administrator", (APP, PASSKEY), (), (), {"roles": ["Global Administrator"]}), 4),
    (Kind("left, enabled", _SOUND, ONE_PHONE, LEFT, leaves_in_days=-20), 12),
    (Kind("leaves soon", _SOUND, ONE_PHONE, leaves_in_days=30), 6),
    (Kind("pager only", (), ((MOBILE, number_blocks.PAGER),), (*ON_PHONE_ALONE, *_of_phone(*_DEAF))), 1),
    (Kind("app and pager", (APP,), ((MOBILE, number_blocks.PAGER),), (*FEW, *_of_phone(*_DEAF))), 1),
    (
        Kind(
            "odd desk phone",
            _SOUND,
            ((MOBILE, OWN), (OFFICE, number_blocks.PREMIUM_RATE)),
            _of_phone(*_DEAF, phone_type=OFFICE),
        ),
        1,
    ),
    (
        Kind(
            "disabled with odd phone",
            (),
            ((MOBILE, number_blocks.VOIP),),
            (*LEFT, *_of_phone(_C.NUMBER_TYPE_NOT_ALLOWED)),
            DISABLED,
        ),
        1,
    ),
    (Kind("methods not told", _SOUND, ONE_PHONE, _of_phone(*_UNREAD, verdict=Verdict.UNKNOWN), refused=True), 1),
    (
        Kind(
            "methods of a disabled account not told",
            (),
            ONE_PHONE,
            (Seed(_C.LEAVER_WITH_PHONE, Verdict.UNKNOWN),),
            DISABLED,
            refused=True,
        ),
        0,
    ),
)
