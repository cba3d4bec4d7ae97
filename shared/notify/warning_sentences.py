"""What a completion event's warnings mean, for whoever is told of somebody else's change.

The user whose phone it is gets advice instead, from the templates.
"""

from datetime import date

from shared.codes import WarningCode
from shared.notify.dates import day

WARNING_SENTENCES: dict[WarningCode, dict[str, str]] = {
    WarningCode.SMS_SIGN_IN_NOT_REGISTERED: {
        "en": "The number serves MFA, but could not be registered for SMS sign-in: another user, perhaps a deleted "
        "one, has it there.",
        "de": "Die Nummer dient der MFA, ließ sich aber nicht für die SMS-Anmeldung registrieren: Ein anderer, "
        "vielleicht gelöschter Benutzer hat sie dort.",
    },
    WarningCode.NEWER_PHONES_SPARED: {
        "en": "A phone that a newer request had set was left in place.",
        "de": "Ein Telefon, das eine neuere Anfrage eingetragen hatte, blieb bestehen.",
    },
    WarningCode.TELEPHONY_RETIRES: {
        "en": "Text messages and calls by Microsoft end on {day}: from then on the phone is no way to sign in.",
        "de": "SMS und Anrufe von Microsoft enden am {day}: Von da an ist das Telefon keine Anmeldemethode mehr.",
    },
    WarningCode.TELEPHONY_RETIRED: {
        "en": "Text messages and calls no longer reach phones: the phone is no way to sign in.",
        "de": "SMS und Anrufe erreichen keine Telefone mehr: Das Telefon ist keine Anmeldemethode.",
    },
    WarningCode.PHONE_IS_ONLY_METHOD: {
        "en": "A phone is all that the user can sign in with.",
        "de": "Ein Telefon ist alles, womit sich der Benutzer anmelden kann.",
    },
    WarningCode.SESSION_MISMATCH: {
        "en": "The message's SessionId is not the user's key in lower case.",
        "de": "Die SessionId der Nachricht ist nicht der Schlüssel des Benutzers in Kleinbuchstaben.",
    },
    WarningCode.MESSAGE_ID_MISMATCH: {
        "en": "The message's MessageId is not the requestId.",
        "de": "Die MessageId der Nachricht ist nicht die requestId.",
    },
}
_BY_WORD = {code.value: sentences for code, sentences in WARNING_SENTENCES.items()}


def warning_sentence(code: str, language: str, retires_on: date) -> str:
    """Gives a warning's sentence; `retires_on` is policy's day. A code of a newer release stands for itself."""
    sentences = _BY_WORD.get(code)
    return sentences[language].format(day=day(retires_on, language)) if sentences else code
