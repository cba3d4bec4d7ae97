"""Authentication methods other than phones: their types, ids, properties and names in the registration report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PASSWORD = "password"  # noqa: S105 - the name of a method, not a secret
ODATA_PREFIX = "#microsoft.graph."
ODATA_SUFFIX = "AuthenticationMethod"


@dataclass(frozen=True)
class MethodKind:
    """One type of method. `report_names` are what the registration report calls it; none where it leaves it out.

    `graph_type` is the type that stands in an answer; None where it is not among a user's methods but in the report
    alone, since v1.0 has no type for it.
    """

    name: str
    graph_type: str | None
    report_names: tuple[str, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    fixed_id: str | None = None
    passwordless: bool = False
    mfa: bool = True

    @property
    def odata_type(self) -> str:
        """The type as it stands in an answer."""
        return f"{ODATA_PREFIX}{self.graph_type}{ODATA_SUFFIX}"


@dataclass(frozen=True, slots=True)
class Method:
    """A method that a user has registered."""

    kind: MethodKind
    id: str
    properties: Mapping[str, Any] = field(default_factory=dict)


_FIDO2 = {
    "displayName": "Security key",
    "aaGuid": "2fc0579f-8113-47ea-b116-555a8db9202a",
    "model": "NFC key",
    "attestationCertificates": [],
    "attestationLevel": "attested",
}
_AUTHENTICATOR = {"displayName": "Phone", "deviceTag": "SoftwareTokenActivated", "phoneAppVersion": "6.2511.7513"}
_TAP = {
    "temporaryAccessPass": None,
    "startDateTime": None,
    "lifetimeInMinutes": 60,
    "isUsableOnce": False,
    "isUsable": True,
    "methodUsabilityReason": "EnabledByPolicy",
}
_PUSH = "microsoftAuthenticatorPush"


def _passkey(name: str, model: str) -> MethodKind:
    """Makes a kind of passkey: among a user's methods all are FIDO2, only the report tells them apart."""
    return MethodKind(name, "fido2", (name,), _FIDO2 | {"displayName": "Passkey", "model": model}, passwordless=True)


def _reported_only(name: str, *, mfa: bool = True) -> MethodKind:
    return MethodKind(name, None, (name,), mfa=mfa)


KINDS = {
    kind.name: kind
    for kind in (
        MethodKind(
            PASSWORD,
            PASSWORD,
            properties={"password": None},
            fixed_id="28c10230-6103-485e-b985-444c60001490",
            mfa=False,
        ),
        MethodKind("microsoftAuthenticator", "microsoftAuthenticator", (_PUSH,), _AUTHENTICATOR),
        MethodKind("fido2", "fido2", ("fido2",), _FIDO2, passwordless=True),
        MethodKind(
            "windowsHelloForBusiness",
            "windowsHelloForBusiness",
            ("windowsHelloForBusiness",),
            {"displayName": "PC", "keyStrength": "normal"},
            passwordless=True,
        ),
        MethodKind("softwareOath", "softwareOath", ("softwareOneTimePasscode",), {"secretKey": None}),
        MethodKind("temporaryAccessPass", "temporaryAccessPass", ("temporaryAccessPass",), _TAP),
        MethodKind(
            "email",
            "email",
            ("email",),
            {"emailAddress": None},
            fixed_id="3ddfcfc8-9383-446f-83cc-3ab9be4be18f",
            mfa=False,
        ),
        MethodKind(
            "platformCredential",
            "platformCredential",
            ("macOsSecureEnclaveKey",),
            {"displayName": "Mac", "keyStrength": "normal", "platform": "macOS"},
            passwordless=True,
        ),
        _passkey("passKeyDeviceBound", "Security key"),
        _passkey("passKeyDeviceBoundAuthenticator", "Microsoft Authenticator"),
        _passkey("passKeyDeviceBoundWindowsHello", "Windows Hello"),
        _passkey("passKeySynced", "Synced passkey"),
        MethodKind(
            "microsoftAuthenticatorPasswordless",
            "microsoftAuthenticator",
            (_PUSH, "microsoftAuthenticatorPasswordless"),
            _AUTHENTICATOR,
            passwordless=True,
        ),
        _reported_only("hardwareOneTimePasscode"),
        _reported_only("externalAuthMethod"),
        _reported_only("qrCode", mfa=False),
        _reported_only("securityQuestion", mfa=False),
    )
}

OTHER_NAMES = {
    "authenticator": "microsoftAuthenticator",
    "microsoftauthenticatorpush": "microsoftAuthenticator",
    "fido": "fido2",
    "passkey": "fido2",
    "fido2securitykey": "fido2",
    "hello": "windowsHelloForBusiness",
    "windowshello": "windowsHelloForBusiness",
    "oath": "softwareOath",
    "softwareonetimepasscode": "softwareOath",
    "hardwareoath": "hardwareOneTimePasscode",
    "tap": "temporaryAccessPass",
    "macossecureenclavekey": "platformCredential",
}
BY_LOWER_NAME = {known.lower(): known for known in KINDS} | OTHER_NAMES


def kind_named(name: str) -> MethodKind | None:
    """Finds a kind by its short name, by what people call it, or by its @odata.type."""
    short = name.removeprefix("#").removeprefix("microsoft.graph.").removesuffix(ODATA_SUFFIX).lower()
    found = BY_LOWER_NAME.get(short)
    return KINDS[found] if found else None
