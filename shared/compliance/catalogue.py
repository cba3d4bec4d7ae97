"""Every rule of the sweep as data, in the order of the codes: what it asks, how bad it is, what to do about it. Pure.

`docs/sweep-rules.md` is made from it.
"""

from dataclasses import dataclass

from shared.compliance import controls
from shared.compliance.controls import Control
from shared.compliance.finding import ComplianceCode, Severity, Source


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule's data."""

    code: ComplianceCode
    # A few words for a table's head.
    title: str
    # What it asks of a person; yes is a violation.
    question: str
    severity: Severity
    # What to do about it, one sentence.
    advice: str
    # When the answer is unknown; empty where it is always known.
    unknown: str
    # What it needs; the report is enough where that is named.
    source: Source
    controls: tuple[Control, ...] = ()
    # Whom it concerns.
    concerns: str = "whoever has a phone"
    # Whether policy's exceptions may excuse from it.
    excusable: bool = True


_IN_USE = "enabled accounts"
_UNKNOWN_METHODS = (
    "neither in the report nor read; a method of a name that this release does not know; an account of which the "
    "directory does not say whether it is enabled"
)
_UNREAD_NUMBER = "the report shows the phone, and the number was not read"

ENTRIES: tuple[Entry, ...] = (
    Entry(
        ComplianceCode.PHONE_ONLY,
        "Phone is the only method",
        "Is a phone all that the person can sign in with, besides methods that policy does not count?",
        Severity.CRITICAL,
        "Have the person register a passkey or the Authenticator app before text messages and calls end.",
        _UNKNOWN_METHODS,
        Source.REPORT,
        (
            controls.PHISHING_RESISTANT,
            controls.NO_TELEPHONY,
            controls.PSTN,
            controls.RESTRICTED,
            controls.TWO_MEANS,
            controls.WEAK_METHODS,
        ),
        _IN_USE,
    ),
    Entry(
        ComplianceCode.NO_METHOD,
        "No method",
        "Is nothing registered that policy counts as a way to sign in, and no phone?",
        Severity.HIGH,
        "Have the person register a passkey or the Authenticator app with a Temporary Access Pass, or disable the "
        "account if nobody uses it.",
        _UNKNOWN_METHODS,
        Source.REPORT,
        (controls.PHISHING_RESISTANT, controls.MFA_FOR_ALL, controls.TWO_MEANS, controls.MFA_CAPABLE),
        _IN_USE,
    ),
    Entry(
        ComplianceCode.FEW_METHODS,
        "Too few usable methods",
        "Are there fewer usable methods than `sweep.minimumUsableMethods`, where all phones count once, and only if "
        "codes reach one?",
        Severity.MEDIUM,
        "Have the person register a second method, best a passkey on another device.",
        f"{_UNKNOWN_METHODS}; the report alone tells fewer kinds than that, and not how many there are of a kind",
        Source.READING,
        (controls.TWO_MEANS,),
        f"{_IN_USE} that are told neither as `phone_only` nor as `no_method`",
    ),
    Entry(
        ComplianceCode.PROTECTED_ON_PHONE,
        "Protected person relies on a phone",
        "Does somebody whom policy protects have a phone while codes are delivered, or nothing but a phone?",
        Severity.HIGH,
        "Have the person register a passkey and remove the phones: whoever takes the number over takes the account.",
        "the person is protected, and is neither in the report nor read; the person has a phone, and Microsoft Graph "
        "refuses to tell who is protected",
        Source.REPORT,
        (controls.PRIVILEGED_ROLES, controls.NO_TELEPHONY, controls.PSTN, controls.WEAK_METHODS),
        "enabled accounts of people whom policy protects, or who may be protected",
    ),
    Entry(
        ComplianceCode.LEAVER_WITH_PHONE,
        "Leaver still has a phone",
        "Is the account disabled, or the last day of work past by more than `sweep.leaverGrace`, and a phone there?",
        Severity.MEDIUM,
        "Remove the phones: ask the HR system for it, or let the sweep do it (`sweep.remediation.leavers`).",
        "not read, as the report leaves disabled accounts out; the directory does not say whether the account is "
        "enabled",
        Source.READING,
        (controls.INVALIDATION,),
        "disabled accounts, and people who have left",
    ),
    Entry(
        ComplianceCode.NUMBER_INVALID,
        "Number does not exist",
        "Is the stored text no phone number, or one that its country's numbering plan does not have?",
        Severity.MEDIUM,
        "Ask the person for the number, and set it anew.",
        _UNREAD_NUMBER,
        Source.READING,
    ),
    Entry(
        ComplianceCode.NUMBER_FORMAT,
        "Number written otherwise",
        "Is a number that exists not written as Graph documents it, `+<country code> <number>`?",
        Severity.LOW,
        "Set the same number anew, or let the sweep do it (`sweep.remediation.formats`).",
        _UNREAD_NUMBER,
        Source.READING,
    ),
    Entry(
        ComplianceCode.NUMBER_TYPE_NOT_ALLOWED,
        "Type of number not allowed",
        "Is the number of a type that `numberTypes` does not list for the phone (VoIP, premium rate, ...)?",
        Severity.MEDIUM,
        "Have the person give a number of their own mobile phone, or register a passkey instead.",
        _UNREAD_NUMBER,
        Source.READING,
        (controls.OUT_OF_BAND,),
    ),
    Entry(
        ComplianceCode.REGION_NOT_ALLOWED,
        "Region not allowed",
        "Is the number's region blocked, or not on the list (`regions`)?",
        Severity.MEDIUM,
        "Find out whether the number is the person's own; then set another one, or have an exception made.",
        _UNREAD_NUMBER,
        Source.READING,
    ),
    Entry(
        ComplianceCode.NUMBER_BLOCKED,
        "Number blocked",
        "Does the number begin as one of `blockedNumbers`?",
        Severity.HIGH,
        "Treat the account as perhaps taken over: find out who set the number, and set another one.",
        _UNREAD_NUMBER,
        Source.READING,
    ),
    Entry(
        ComplianceCode.NUMBER_UNDELIVERABLE,
        "No code reaches the number",
        "Does no code reach the number, by its type or region, although codes are delivered (`telephony`)?",
        Severity.MEDIUM,
        "Have the person register a passkey or the Authenticator app: the phone is no method.",
        _UNREAD_NUMBER,
        Source.READING,
        concerns="whoever has a phone, until codes are delivered no longer",
    ),
    Entry(
        ComplianceCode.NUMBER_SHARED,
        "Number of several people",
        "Do more people have the number than `tripwires.usersPerNumber`?",
        Severity.HIGH,
        "Find out whose phone it is, and have everybody else register a method of their own.",
        f"{_UNREAD_NUMBER}; then others may have it too",
        Source.READING,
        (controls.OUT_OF_BAND,),
    ),
    Entry(
        ComplianceCode.NUMBER_DRIFT,
        "Number differs from the HR system's",
        "Is a phone another one, or there or not there, than the last change that this product made left it?",
        Severity.MEDIUM,
        "Ask the person which number is right, and have the HR system send it; look in the audit log for who set it.",
        "something is expected, and the phones were not read",
        Source.READING,
        concerns="whose phones this product has changed",
    ),
    Entry(
        ComplianceCode.SMS_SIGN_IN,
        "SMS sign-in is on",
        "Does the mobile phone alone sign in, without a password?",
        Severity.MEDIUM,
        "Switch SMS sign-in off in the authentication methods policy.",
        f"{_UNREAD_NUMBER}; Microsoft Graph does not say",
        Source.READING,
        (controls.NO_TELEPHONY, controls.SMS_FOR_SIGN_IN, controls.WEAK_METHODS),
        "whoever has a mobile phone",
    ),
    Entry(
        ComplianceCode.EXCEPTION_EXPIRING,
        "Exception about to expire",
        "Does an exception of policy end within `exceptionNotice`?",
        Severity.LOW,
        "Have its owner put its last day off, or let it end.",
        "",
        Source.POLICY,
        concerns="policy's exceptions",
        excusable=False,
    ),
)
CATALOGUE: dict[ComplianceCode, Entry] = {entry.code: entry for entry in ENTRIES}
