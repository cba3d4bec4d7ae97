"""The policy's part on methods: what a change must leave a user with, and whether phones still work."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from shared.policy.words import Duration, EachOnce, Part, Region

RETIREMENT = date(2027, 2, 1)

type Method = Literal[
    "externalAuthenticationMethod",
    "fido2AuthenticationMethod",
    "hardwareOathAuthenticationMethod",
    "microsoftAuthenticatorAuthenticationMethod",
    "platformCredentialAuthenticationMethod",
    "softwareOathAuthenticationMethod",
    "windowsHelloForBusinessAuthenticationMethod",
]
type TelephonyMode = Literal["microsoft", "customer_provider", "retired"]
# Passwords alone are what MFA is there to mend; a TAP runs out; an email address serves password reset only.
COUNTED: tuple[Method, ...] = get_args(Method.__value__)


class LockOut(Part):
    """What a change must leave a user with."""

    minimum_usable_methods: int = Field(
        1,
        ge=1,
        le=5,
        strict=True,
        description="Usable methods, passwords apart, after a change that takes one away; all phones together count "
        "once. Never 0, which would permit a lock-out.",
    )
    counted_methods: Annotated[tuple[Method, ...], EachOnce] = Field(
        COUNTED, description="Graph's names of the methods, besides phones, that count as a way to sign in."
    )


class Telephony(Part):
    """Whether text messages and calls reach the tenant's phones, and until when.

    https://learn.microsoft.com/entra/identity/authentication/concept-sms-voice-retirement
    """

    mode: TelephonyMode = Field(
        "microsoft",
        description="Who delivers: Microsoft until `retiresOn`, the tenant's own provider, or nobody any more.",
    )
    retires_on: date = Field(
        RETIREMENT, description="ISO 8601 date, UTC: from its first moment on Microsoft delivers no longer."
    )
    warn_from: Duration = Field(
        timedelta(days=180),
        ge=timedelta(0),
        le=timedelta(days=400),
        description="ISO 8601; how long before `retiresOn` events and mails begin to tell of it.",
    )
    unreachable_regions: Annotated[tuple[Region, ...], EachOnce] = Field(
        (), description="ISO 3166 alpha-2: phones there count as no method, such as regions that need an opt-in."
    )
    reachable_regions: Annotated[tuple[Region, ...], EachOnce] | None = Field(
        None, description="ISO 3166 alpha-2: where the tenant's own provider delivers; null means everywhere."
    )

    @model_validator(mode="after")
    def _no_region_is_both(self) -> Self:
        if both := sorted(set(self.reachable_regions or ()) & set(self.unreachable_regions)):
            message = f"says of {', '.join(both)} that it is reachable and that it is not"
            raise ValueError(message)
        return self
