"""Authentication methods other than phones: their types, ids, properties and names in the registration report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PASSWORD = "password"  # noqa: S105 - the name of a method, not a secret
ODATA_PREFIX = "#microsoft.graph."
ODATA_SUFFIX = "AuthenticationMethod"


@dataclass(frozen=True)
class MethodKind:
    """One type of method. `report_name` is None where the registration report leaves it out."""

    name: str
    report_name: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    fixed_id: str | None = None
    passwordless: bool = False
    mfa: bool = True

    @property
    def odata_type(self) -> str:
        """The type as it stands in an answer."""
        return f"{ODATA_PREFIX}{self.name}{ODATA_SUFFIX}"


@dataclass(frozen=True)
class Method:
    """A method that a user has registered."""

    kind: MethodKind
    id: str
    properties: Mapping[str, Any] = field(default_factory=dict)


KINDS = {
    kind.name: kind
    for kind in (
        MethodKind(
            PASSWORD,
            properties={"password": None},
            fixed_id="28c10230-6103-485e-b985-444c60001490",
            mfa=False,
        ),
        MethodKind(
            "microsoftAuthenticator",
            "microsoftAuthenticatorPush",
            {"displayName": "Phone", "deviceTag": "SoftwareTokenActivated", "phoneAppVersion": "6.2511.7513"},
        ),
        MethodKind(
            "fido2",
            "fido2",
            {
                "displayName": "Security key",
                "aaGuid": "2fc0579f-8113-47ea-b116-555a8db9202a",
                "model": "NFC key",
                "attestationCertificates": [],
                "attestationLevel": "attested",
            },
            passwordless=True,
        ),
        MethodKind(
            "windowsHelloForBusiness",
            "windowsHelloForBusiness",
            {"displayName": "PC", "keyStrength": "normal"},
            passwordless=True,
        ),
        MethodKind("softwareOath", "softwareOneTimePasscode", {"secretKey": None}),
        MethodKind(
            "temporaryAccessPass",
            "temporaryAccessPass",
            {
                "temporaryAccessPass": None,
                "startDateTime": None,
                "lifetimeInMinutes": 60,
                "isUsableOnce": False,
                "isUsable": True,
                "methodUsabilityReason": "EnabledByPolicy",
            },
        ),
        MethodKind(
            "email",
            "email",
            {"emailAddress": None},
            fixed_id="3ddfcfc8-9383-446f-83cc-3ab9be4be18f",
            mfa=False,
        ),
        MethodKind(
            "platformCredential",
            "macOsSecureEnclaveKey",
            {"displayName": "Mac", "keyStrength": "normal", "platform": "macOS"},
            passwordless=True,
        ),
    )
}

OTHER_NAMES = {
    "authenticator": "microsoftAuthenticator",
    "microsoftauthenticatorpush": "microsoftAuthenticator",
    "microsoftauthenticatorpasswordless": "microsoftAuthenticator",
    "fido": "fido2",
    "passkey": "fido2",
    "fido2securitykey": "fido2",
    "hello": "windowsHelloForBusiness",
    "windowshello": "windowsHelloForBusiness",
    "oath": "softwareOath",
    "softwareonetimepasscode": "softwareOath",
    "tap": "temporaryAccessPass",
}


def kind_named(name: str) -> MethodKind | None:
    """Finds a kind by its short name, by what people call it, or by its @odata.type."""
    short = name.removeprefix("#").removeprefix("microsoft.graph.").removesuffix(ODATA_SUFFIX).lower()
    canonical = {known.lower(): known for known in KINDS} | OTHER_NAMES
    found = canonical.get(short)
    return KINDS[found] if found else None
