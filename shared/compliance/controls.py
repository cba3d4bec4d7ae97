"""The control catalogues that the sweep's rules map to, and only where they do. Pure.

Most controls are settings of a tenant. A finding names the people whom such a setting would lock out, or who show that
it is not in place; it is no check of the setting itself.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Control:
    """One control of one catalogue, with what it asks in few words."""

    catalogue: str
    control: str
    words: str

    def __str__(self) -> str:
        """Gives its short name, such as `CISA SCuBA MS.AAD.3.5v2`."""
        return f"{self.catalogue} {self.control}"


_SCUBA: Final = "CISA SCuBA"
_NIST: Final = "NIST SP 800-63B-4"
_CIS: Final = "CIS Microsoft 365 Foundations 6.0.0"
_EIDSCA: Final = "EIDSCA"

# https://github.com/cisagov/ScubaGear/blob/main/PowerShell/ScubaGear/baselines/aad.md; the version is each control's.
PHISHING_RESISTANT = Control(_SCUBA, "MS.AAD.3.1v1", "phishing-resistant MFA for all users")
MFA_FOR_ALL = Control(_SCUBA, "MS.AAD.3.2v2", "MFA for all users")
NO_TELEPHONY = Control(_SCUBA, "MS.AAD.3.5v2", "SMS, voice call and email codes are disabled")
PRIVILEGED_ROLES = Control(_SCUBA, "MS.AAD.3.6v1", "phishing-resistant MFA for highly privileged roles")
# https://pages.nist.gov/800-63-4/sp800-63b.html, July 2025.
OUT_OF_BAND = Control(_NIST, "3.1.3.1", "a code goes to a specific device; no VoIP number")
PSTN = Control(_NIST, "3.1.3.3", "codes over the telephone network are restricted; other types are at hand")
RESTRICTED = Control(_NIST, "3.2.9", "one alternative that is not restricted, and a plan to leave")
TWO_MEANS = Control(_NIST, "4.1.2.1", "at least two separate means of authentication")
INVALIDATION = Control(_NIST, "4.5", "authenticators of accounts that end are invalidated promptly")
# https://www.cisecurity.org/benchmark/microsoft_365
MFA_CAPABLE = Control(_CIS, "5.2.3.4", "all member users are MFA capable")
WEAK_METHODS = Control(_CIS, "5.2.3.5", "weak authentication methods are disabled")
# https://maester.dev/docs/tests/EIDSCA.AS04
SMS_FOR_SIGN_IN = Control(_EIDSCA, "AS04", "SMS is not usable for sign-in")
