"""The sentences for the user, in German."""

from shared.codes import Code

# One sentence for all of them: whoever reads the mail must not learn which list, role or group it was.
_BY_HAND = "Für Ihr Konto ist diese Änderung nicht auf dem üblichen Weg möglich. Bitte fragen Sie Ihren Servicedesk."
# Nor whether it was one requester or the whole company.
_MANY = "In kurzer Zeit wurden ungewöhnlich viele Änderungen verlangt."
_UNREADABLE = "Die Anfrage war nicht lesbar. Jemand muss sie sich ansehen."

GERMAN: dict[Code, str] = {
    Code.CREATED: "Das Telefon wurde hinzugefügt.",
    Code.REPLACED: "Das Telefon wurde geändert.",
    Code.REMOVED: "Das Telefon wurde entfernt.",
    Code.SAME_NUMBER: "Das Telefon ist schon das verlangte.",
    Code.NOTHING_TO_REMOVE: "Ein solches Telefon gibt es nicht.",
    Code.WOULD_CREATE: "Das war eine Probe: Das Telefon würde hinzugefügt.",
    Code.WOULD_REPLACE: "Das war eine Probe: Das Telefon würde geändert.",
    Code.WOULD_REMOVE: "Das war eine Probe: Das Telefon würde entfernt.",
    Code.WOULD_NOT_CHANGE: "Das war eine Probe: Nichts würde sich ändern.",
    Code.WOULD_HOLD: "Das war eine Probe: Die Änderung würde warten, bis jemand sie sich angesehen hat.",
    Code.INVALID_REQUEST: "Die Anfrage ist nicht vollständig oder nicht richtig.",
    Code.REQUEST_ID_REUSED: "Die Anfrage sieht aus wie eine frühere, verlangt aber etwas anderes.",
    Code.REQUESTED_IN_FUTURE: "Die Anfrage trägt ein Datum, das in der Zukunft liegt.",
    Code.REQUESTER_NOT_ALLOWED: "Die Änderung kam nicht von dort, wo solche Änderungen verlangt werden dürfen.",
    Code.INVALID_NUMBER: "Die Telefonnummer ist nicht vollständig oder nicht eindeutig zu lesen.",
    Code.REGION_NOT_ALLOWED: "Mit Telefonnummern dieses Landes kann man sich in Ihrer Firma nicht anmelden.",
    Code.NUMBER_TYPE_NOT_ALLOWED: "Mit einer Telefonnummer dieser Art kann man sich in Ihrer Firma nicht anmelden.",
    Code.EXTENSION_NOT_ALLOWED: "Nur ein Bürotelefon darf eine Durchwahl haben.",
    Code.NUMBER_BLOCKED: "Mit dieser Telefonnummer kann man sich in Ihrer Firma nicht anmelden.",
    Code.TELEPHONY_RETIRED: "Mit SMS und Anrufen kann man sich nicht mehr anmelden. "
    "Bitte richten Sie stattdessen einen Passkey oder die Authenticator-App ein.",
    Code.USER_NOT_FOUND: "Das Konto wurde nicht gefunden.",
    Code.USER_AMBIGUOUS: "Es ist nicht klar, wessen Konto gemeint ist.",
    Code.USER_DELETED: "Das Konto ist nicht mehr in Gebrauch.",
    Code.PRIVILEGED_USER: _BY_HAND,
    Code.ELIGIBLE_ADMINISTRATOR: _BY_HAND,
    Code.ROLE_GROUP: _BY_HAND,
    Code.RESTRICTED_USER: _BY_HAND,
    Code.PROTECTED_USER: _BY_HAND,
    Code.PROTECTION_UNKNOWN: _BY_HAND,
    Code.GUEST_USER: "Sie melden sich mit dem Konto einer anderen Organisation an. Bitte ändern Sie Ihr Telefon dort.",
    Code.CURRENT_NUMBER_DIFFERS: "Das Telefon hat sich seither geändert oder ist nicht das, das die Anfrage erwartet.",
    Code.MOBILE_REQUIRED: "Ein zweites Mobiltelefon setzt ein erstes voraus.",
    Code.ALTERNATE_MOBILE_DEPENDS: "Das Mobiltelefon lässt sich nicht entfernen, solange es ein zweites gibt.",
    Code.WOULD_LOCK_OUT: "Nach dieser Änderung könnten Sie sich vielleicht nicht mehr anmelden. "
    "Bitte richten Sie zuerst einen Passkey oder die Authenticator-App ein.",
    Code.COOL_DOWN: "Ihre Telefone wurden erst vor Kurzem geändert.",
    Code.USER_LIMIT: "Ihre Telefone wurden in kurzer Zeit mehrmals geändert.",
    Code.REQUESTER_LIMIT: _MANY,
    Code.TENANT_LIMIT: _MANY,
    Code.NUMBER_SHARED: "Die Telefonnummer muss geprüft werden, bevor sie verwendet werden kann.",
    Code.PASSWORD_JUST_CHANGED: "Ihr Passwort wurde erst vor Kurzem geändert.",
    Code.UNDO_NOT_POSSIBLE: "Das frühere Telefon lässt sich nicht wiederherstellen.",
    Code.UNDO_OTHER_USER: "Das frühere Telefon lässt sich für Ihr Konto nicht wiederherstellen.",
    Code.CANCELLED: "Jemand hat sich die Änderung angesehen und sie abgebrochen.",
    Code.NEWER_REQUEST: "Eine neuere Anfrage für dasselbe Telefon war schneller.",
    Code.OVERTAKEN: "Zwei Änderungen desselben Telefons trafen aufeinander. Bitte sehen Sie nach, welches gilt.",
    Code.PAST_EXPIRY: "Die Änderung war nicht rechtzeitig möglich.",
    Code.NOT_APPROVED: "Die Änderung musste erst geprüft werden, und niemand hat sie rechtzeitig genehmigt.",
    Code.INVALID_ENCODING: _UNREADABLE,
    Code.INVALID_JSON: _UNREADABLE,
    Code.MESSAGE_TOO_LARGE: _UNREADABLE,
    Code.SCHEMA_UNSUPPORTED: _UNREADABLE,
    Code.DIRECTORY_REFUSED: "Microsoft hat die Änderung nicht angenommen. Jemand muss sie sich ansehen.",
    Code.DEFAULT_METHOD: "Mit diesem Telefon melden Sie sich standardmäßig an. Bitte wählen Sie zuerst unter "
    "mysignins.microsoft.com/security-info eine andere Standardmethode.",
    Code.NUMBER_NOT_UNIQUE: "Microsoft hat die Änderung nicht bestätigt. Jemand muss sie sich ansehen.",
    Code.NOT_CONFIRMED: "Die Änderung kann erfolgt sein, ist aber nicht bestätigt. "
    "Bitte sehen Sie sich Ihre Anmeldemethoden an.",
    Code.PARTLY_REMOVED: "Einige Ihrer Telefone wurden entfernt, andere ließen sich nicht entfernen.",
    Code.ORDER_LOST: "Es ist nicht klar, welche von mehreren Anfragen die neueste ist. Jemand muss sie sich ansehen.",
    Code.DELIVERIES_EXHAUSTED: "Die Anfrage kam nicht an ihr Ende. Jemand muss sie sich ansehen.",
}
