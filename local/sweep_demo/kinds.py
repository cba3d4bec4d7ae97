"""The kinds of people in a generated tenant: what each has registered, and what a run must therefore find.

What is found stands beside what is planted, written down by hand: a mistake in the rules shows as a difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local.sweep_demo import number_blocks
from local.sweep_demo.number_blocks import NumberBlock
from local.sweep_demo.planted import Seed
from shared.compliance.finding import ComplianceCode, Verdict
from shared.phone.phone_type import PhoneType

MOBILE, ALTERNATE, OFFICE = PhoneType.MOBILE, PhoneType.ALTERNATE_MOBILE, PhoneType.OFFICE
APP, PASSKEY, HELLO, CODES = "microsoftAuthenticator", "fido2", "windowsHelloForBusiness", "softwareOath"
EMAIL, PASS = "email", "temporaryAccessPass"
# The report tells of it, not of how many; the list of a user's own methods tells nothing of it.
HARDWARE = "hardwareOneTimePasscode"
# Where the number of a phone comes from: the block of the person's country, or a block of its own.
type NumberSource = NumberBlock | Mapping[str, NumberBlock]
OWN: Final = number_blocks.MOBILE
DESK: Final = number_blocks.OFFICE
# Copied out of a web page, with a thin space: it is a number, and not as Graph documents it.
THIN_SPACE: Final = "\u2009"

GROUP_OF_ADMINISTRATORS: Final = "Cloud Administrators"
GROUP_ON_THE_LIST: Final = {"displayName": "Executive Board", "id": "5f1c7a52-3f0e-4c55-9a1d-0b7c6e2d4a10"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of person."""

    name: str
    methods: tuple[str, ...] = ()
    phones: tuple[tuple[PhoneType, NumberSource], ...] = ()
    found: tuple[Seed, ...] = ()
    # What else stands in the tenant file.
    words: Mapping[str, Any] = field(default_factory=dict)
    # Days from the day of the run to the last day of work.
    leaves_in_days: int | None = None
    # Whether the number is written as Graph does not document it.
    odd_format: bool = False
    # The exception of policy that excuses what is found.
    excused_by: str = ""
    # Whether Graph refuses to tell their methods.
    refused: bool = False


_C = ComplianceCode
ON_PHONE_ALONE, FEW, _NONE = (Seed(_C.PHONE_ONLY),), (Seed(_C.FEW_METHODS),), (Seed(_C.NO_METHOD),)
ON_PHONE, LEFT = (Seed(_C.PROTECTED_ON_PHONE),), (Seed(_C.LEAVER_WITH_PHONE),)
ONE_PHONE = ((MOBILE, OWN),)
DISABLED = {"accountEnabled": False}
_GUEST = {"userType": "Guest"}

# Whose number a change may well set.
ORDINARY: Final = Kind("app and phone", (APP,), ONE_PHONE)
# With enough of their own: nothing is to be found.
SAFE: Final = (
    (Kind("app and passkey", (APP, PASSKEY)), 20),
    (Kind("app and hello", (APP, HELLO)), 14),
    (ORDINARY, 22),
    (Kind("app, passkey and phone", (APP, PASSKEY), ONE_PHONE), 12),
    (Kind("app, hello, phone and desk", (APP, HELLO), ((MOBILE, OWN), (OFFICE, DESK))), 6),
    (Kind("passkey and hello", (PASSKEY, HELLO)), 6),
    (Kind("codes and phone", (CODES,), ONE_PHONE), 3),
    (Kind("token and phone", (HARDWARE,), ONE_PHONE), 2),
    # One kind of method in the report, two methods in truth.
    (Kind("two passkeys", (PASSKEY, PASSKEY)), 3),
)
# Passkeys are coming: these had a phone alone until lately.
JOINED: Final = Kind("passkey and phone", (PASSKEY,), ONE_PHONE)
PHONE_ONLY: Final = (
    (Kind("phone only", (), ONE_PHONE, ON_PHONE_ALONE), 12),
    (Kind("two phones only", (), ((MOBILE, OWN), (ALTERNATE, OWN)), ON_PHONE_ALONE), 2),
    (Kind("phone and mail only", (EMAIL,), ONE_PHONE, ON_PHONE_ALONE), 2),
    (Kind("desk phone only", (), ((OFFICE, DESK),), ON_PHONE_ALONE), 1),
)
WEAK: Final = (
    (Kind("app only", (APP,), (), FEW), 6),
    (Kind("app and mail", (APP, EMAIL), (), FEW), 2),
    (Kind("passkey only", (PASSKEY,), (), FEW), 2),
    (Kind("token only", (HARDWARE,), (), (Seed(_C.FEW_METHODS, Verdict.UNKNOWN),)), 1),
)
EMPTY: Final = (
    (Kind("nothing", (), (), _NONE), 3),
    (Kind("mail only", (EMAIL,), (), _NONE), 1),
    (Kind("first day", (PASS,), (), _NONE), 1),
)
GONE: Final = (
    (Kind("disabled", (), (), (), DISABLED), 5),
    (Kind("disabled with app", (APP,), (), (), DISABLED), 4),
    (Kind("disabled with phone", (), ONE_PHONE, LEFT, DISABLED), 3),
)
GUESTS: Final = ((Kind("guest", (APP,), (), (), _GUEST), 3), (Kind("guest with phone", (), ONE_PHONE, (), _GUEST), 2))
