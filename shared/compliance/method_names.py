"""What methods are called: the registration report has words of its own, Graph's types have others. Pure."""

from typing import Final

from shared.phone.phone_type import PhoneType
from shared.policy.methods import COUNTED

REPORT_PHONES: Final[dict[str, PhoneType]] = {
    "mobilePhone": PhoneType.MOBILE,
    "alternateMobilePhone": PhoneType.ALTERNATE_MOBILE,
    "officePhone": PhoneType.OFFICE,
}
_AUTHENTICATOR: Final = "microsoftAuthenticatorAuthenticationMethod"
_PASSKEY: Final = "fido2AuthenticationMethod"
# The report's words and Graph's type of each; "" where it is no way to sign in that policy could count.
# https://learn.microsoft.com/graph/api/resources/userregistrationdetails
REPORT_NAMES: Final[dict[str, str]] = {
    "microsoftAuthenticatorPush": _AUTHENTICATOR,
    "microsoftAuthenticatorPasswordless": _AUTHENTICATOR,
    "softwareOneTimePasscode": "softwareOathAuthenticationMethod",
    "hardwareOneTimePasscode": "hardwareOathAuthenticationMethod",
    "fido2": _PASSKEY,
    "fido2SecurityKey": _PASSKEY,
    "passKeyDeviceBound": _PASSKEY,
    "passKeyDeviceBoundAuthenticator": _PASSKEY,
    "passKeyDeviceBoundWindowsHello": _PASSKEY,
    "passKeySynced": _PASSKEY,
    "windowsHelloForBusiness": "windowsHelloForBusinessAuthenticationMethod",
    "macOsSecureEnclaveKey": "platformCredentialAuthenticationMethod",
    "externalAuthMethod": "externalAuthenticationMethod",
    "temporaryAccessPass": "",
    "email": "",
    "securityQuestion": "",
    "appPassword": "",
    "qrCode": "",
    "password": "",
}
# What the list of a user's own methods leaves out, or did: v1.0 returns only the types that it knows, and there is none
# for hardware tokens. https://learn.microsoft.com/graph/api/resources/authenticationmethod
REPORT_ALONE: Final[frozenset[str]] = frozenset({"hardwareOneTimePasscode", "externalAuthMethod"})
# Graph's types of which it is known that they are, or are not, a way to sign in. Any other name may be one.
GRAPH_NAMES: Final[frozenset[str]] = frozenset(
    {
        *COUNTED,
        "temporaryAccessPassAuthenticationMethod",
        "emailAuthenticationMethod",
        "passwordAuthenticationMethod",
        "qrCodePinAuthenticationMethod",
    }
)
