"""What stands in the mails, for the user and for others, in each language."""

from dataclasses import replace

import pytest

from shared.codes import IN_DOUBT, MESSAGES, Code, WarningCode
from shared.notify.addressees import Addressee
from shared.notify.language import LANGUAGES, TEMPLATES
from shared.notify.user_sentences import user_sentence
from shared.notify.warning_sentences import WARNING_SENTENCES, warning_sentence
from shared.outcome import Outcome, Verdict
from shared.policy.answers import Answer
from shared.policy.catalogue import CATALOGUE
from shared.policy.finding import Finding
from shared.policy.methods import RETIREMENT
from shared.request_hold import HoldDecision, HoldState
from tests.unit.notify.told import (
    ANNA,
    AT,
    CHANGED,
    COOLING,
    DESK,
    HOLD,
    NEW,
    OLD,
    PROOF,
    REMOVAL,
    REMOVED,
    SHARED,
    SOON,
    UNDO,
    ended,
    held,
    mail,
)

REJECTED = replace(CHANGED, outcome=Outcome.REJECTED)
SECURITY_INFO = "mysignins.microsoft.com/security-info"
ADVICE = {"en": ("passkey", "Authenticator app"), "de": ("Passkey", "Authenticator-App")}
PHONE_WARNINGS = (WarningCode.TELEPHONY_RETIRES, WarningCode.PHONE_IS_ONLY_METHOD)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def test_every_language_has_the_same_templates_apart_from_what_goes_to_those_who_keep_policy() -> None:
    names = {language: {file.name for file in (TEMPLATES / language).iterdir()} for language in LANGUAGES}
    assert names["en"] - {"exception_expiring.html.j2", "sweep_finished.html.j2"} == names["de"]


# what the user reads


@each_language
@pytest.mark.parametrize("code", CATALOGUE)
def test_a_refused_user_reads_the_users_sentence_and_neither_the_code_nor_the_service_desks(
    language: str, code: Code
) -> None:
    body = ended(replace(REJECTED, code=code, detail="DETAIL", findings=(Finding(code, "DETAIL"),), proof=PROOF))
    text = mail(body, ANNA[language])
    assert user_sentence(code, language) in text
    assert code.value not in text
    assert "DETAIL" not in text


@each_language
@pytest.mark.parametrize("code", CATALOGUE)
def test_a_held_user_reads_neither_the_code_nor_the_particulars_nor_what_an_approval_needs(
    language: str, code: Code
) -> None:
    hold = replace(HOLD, findings=(Finding(code, "DETAIL", Answer.HOLD), SHARED))
    text = mail(held(hold), ANNA[language])
    assert user_sentence(code, language) in text
    told = (code.value, "number_shared", "DETAIL", SHARED.detail, ":held", "approve<", "3 before", "3 vorher")
    assert not [words for words in told if words in text]


@each_language
@pytest.mark.parametrize("code", sorted(IN_DOUBT))
@pytest.mark.parametrize("readers", [ANNA, DESK], ids=["user", "others"])
def test_where_a_write_is_in_doubt_no_mail_says_that_nothing_was_changed(
    language: str, code: Code, readers: dict[str, Addressee]
) -> None:
    text = mail(ended(replace(CHANGED, outcome=Outcome.FAILED, code=code)), readers[language])
    assert not [words for words in ("Nothing was changed", "nichts geändert", "not made") if words in text]


# what others read


@pytest.mark.parametrize("code", CATALOGUE)
def test_others_read_the_service_desks_sentence_with_code_and_particulars(code: Code) -> None:
    text = mail(ended(replace(REJECTED, code=code, detail="DETAIL")), DESK["en"])
    assert f"{MESSAGES[code]} DETAIL" in text
    assert f"rejected ({code})" in text


@each_language
def test_others_are_told_of_rules_that_only_warned_of_exceptions_and_of_who_approved(language: str) -> None:
    findings = (Finding(Code.GUEST_USER, "", Answer.WARN), Finding(Code.COOL_DOWN, "", Answer.ALLOW, "night-shift"))
    decision = HoldDecision(HoldState.APPROVED, "lea@contoso.example", "seen in person", AT, "A-1")
    body = ended(replace(CHANGED, findings=findings), hold=replace(HOLD, decision=decision))
    words = ("guest_user", "night-shift", "lea@contoso.example", "seen in person")
    assert [word for word in words if word in mail(body, DESK[language])] == list(words)
    assert [word for word in words if word in mail(body, ANNA[language])] == []


@each_language
def test_the_service_desk_is_told_what_to_do_about_a_default_method(language: str) -> None:
    body = ended(replace(CHANGED, outcome=Outcome.FAILED, code=Code.DEFAULT_METHOD), REMOVAL)
    text = mail(body, DESK[language])
    for words in {
        "en": ("administrator", SECURITY_INFO, "is not tried again", "send a new one"),
        "de": ("Administrator", SECURITY_INFO, "nicht von selbst wiederholt", "eine neue"),
    }[language]:
        assert words in text


# a hold


@each_language
@pytest.mark.parametrize("readers", [ANNA, DESK], ids=["user", "others"])
def test_a_hold_tells_whose_phone_who_asked_why_and_until_when(language: str, readers: dict[str, Addressee]) -> None:
    text = mail(held(), readers[language])
    until = {"en": "26 November 2026, 09:30 UTC", "de": "26. November 2026, 09:30 UTC"}[language]
    for words in ("anna@contoso.example", NEW, OLD, "workday", "INC0012345", until):
        assert words in text


@each_language
def test_a_cooling_off_tells_when_it_releases_itself(language: str) -> None:
    at = {"en": "23 November 2026, 13:30 UTC", "de": "23. November 2026, 13:30 UTC"}[language]
    for reader in (ANNA[language], DESK[language]):
        assert at in mail(held(COOLING), reader)
        assert at not in mail(held(), reader)


@each_language
def test_a_user_who_knows_nothing_of_a_held_change_is_told_who_can_cancel_it(language: str) -> None:
    text = mail(held(), ANNA[language])
    assert {"en": "You know nothing of it?", "de": "Sie wissen nichts davon?"}[language] in text
    assert {"en": "They can cancel it; tell them the request.", "de": "abbrechen"}[language] in text
    assert "desk.contoso.example" in text


@each_language
def test_an_approver_gets_every_objection_the_proof_the_hold_id_and_the_way_to_decide(language: str) -> None:
    text = mail(held(proof=replace(PROOF, exempt="the account is disabled")), DESK[language])
    before = {"en": "3 before, 2 after", "de": "3 vorher, 2 nach"}[language]
    words = ("HR-2026-000123:held", "approve", "cancel", before, "the account is disabled")
    for expected in (SHARED.message, SOON.message, *words):
        assert expected in text


@each_language
def test_a_hold_of_nobody_known_is_told_all_the_same(language: str) -> None:
    body = held(proof=None).replace(b'"user":{"id":"87d349ed-44d7-43e1-9a83-5f2406dee5bd",', b'"user":null,"x":{')
    assert "HR-2026-000123:held" in mail(body, DESK[language])


# an undo


@pytest.mark.parametrize(
    ("verdict", "language", "words"),
    [
        (CHANGED, "en", "Your former mobile phone for signing in was put back"),
        (CHANGED, "de", "Ihr früheres Mobiltelefon für die Anmeldung wurde wiederhergestellt"),
        (REMOVED, "en", "Your mobile phone for signing in was removed again"),
        (REMOVED, "de", "Ihr Mobiltelefon für die Anmeldung wurde wieder entfernt"),
    ],
)
def test_an_undo_says_that_the_former_phone_is_back(verdict: Verdict, language: str, words: str) -> None:
    text = mail(ended(verdict, UNDO), ANNA[language])
    assert text.startswith(words)
    assert "HR-2026-000100" in text


# what the day demands


@each_language
def test_before_the_retirement_the_user_is_told_the_day_and_what_to_register(language: str) -> None:
    text = mail(ended(replace(CHANGED, warnings=PHONE_WARNINGS)), ANNA[language], telephony={"retiresOn": "2027-03-05"})
    assert {"en": "end on 5 March 2027", "de": "enden am 5. März 2027"}[language] in text
    assert all(words in text for words in (*ADVICE[language], SECURITY_INFO))


@each_language
def test_after_the_retirement_the_user_is_told_that_no_codes_come_any_more(language: str) -> None:
    text = mail(ended(replace(CHANGED, warnings=(WarningCode.TELEPHONY_RETIRED,))), ANNA[language])
    assert {"en": "have ended", "de": "gibt es nicht mehr"}[language] in text
    assert all(words in text for words in (*ADVICE[language], SECURITY_INFO))


@each_language
def test_a_user_with_nothing_but_a_phone_is_told_so(language: str) -> None:
    text = mail(ended(replace(CHANGED, warnings=(WarningCode.PHONE_IS_ONLY_METHOD,))), ANNA[language])
    assert all(words in text for words in (*ADVICE[language], SECURITY_INFO))


@each_language
def test_without_a_warning_nobody_is_advised_to_register_anything(language: str) -> None:
    text = mail(ended(CHANGED), ANNA[language])
    assert not [words for words in ADVICE[language] if words in text]


@each_language
def test_neither_a_removal_nor_a_leaver_gets_advice_on_phones(language: str) -> None:
    removed = mail(ended(replace(REMOVED, warnings=PHONE_WARNINGS), REMOVAL), ANNA[language])
    leaver = mail(ended(replace(CHANGED, warnings=PHONE_WARNINGS)), replace(ANNA[language], may_sign_in=False))
    assert not [words for words in ADVICE[language] for text in (removed, leaver) if words in text]
    assert SECURITY_INFO not in leaver


@each_language
@pytest.mark.parametrize("warning", WarningCode)
def test_others_get_the_warning_and_not_the_advice(language: str, warning: WarningCode) -> None:
    text = mail(ended(replace(CHANGED, warnings=(warning,))), DESK[language])
    assert warning_sentence(warning, language, RETIREMENT) in text
    assert not [words for words in ADVICE[language] if words in text]


def test_every_warning_has_a_sentence_in_every_language_and_a_newer_releases_stands_for_itself() -> None:
    assert {code: set(texts) for code, texts in WARNING_SENTENCES.items()} == {
        code: set(LANGUAGES) for code in WarningCode
    }
    assert warning_sentence("not_yet_known", "de", RETIREMENT) == "not_yet_known"
