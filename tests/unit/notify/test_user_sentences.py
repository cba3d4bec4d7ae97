"""The user is told why, in plain words, and learns nothing that would help somebody who reads along."""

import re

import pytest

from shared.codes import MESSAGES, Code
from shared.notify.language import LANGUAGES
from shared.notify.user_sentences import USER_SENTENCES, user_sentence
from shared.policy.catalogue import CATALOGUE

SENTENCES = [(code, language, text) for code, texts in USER_SENTENCES.items() for language, text in texts.items()]
PROTECTED = {
    Code.PRIVILEGED_USER,
    Code.ELIGIBLE_ADMINISTRATOR,
    Code.ROLE_GROUP,
    Code.RESTRICTED_USER,
    Code.PROTECTED_USER,
    Code.PROTECTION_UNKNOWN,
}
# What only those say who know how the product works, and what gives a protection or another user away.
TELLING = re.compile(
    r"\b(?:polic|admin|privileg|protect|role|list|group|graph|directory|tenant|queue|json|utf|api|hold\b|held\b|"
    r"other users?|someone else|richtlinie|geschützt|rolle|liste|gruppe|verzeichnis|andere[nr]? (?:benutzer|person))",
    re.IGNORECASE,
)
BLAME = re.compile(r"\b(?:you (?:must|failed|should)|your (?:fault|mistake)|wrong|falsch|fehler)", re.IGNORECASE)


def faults(text: str) -> list[str]:
    """Gives what is wrong with a sentence for the user."""
    ends = re.findall(r"[.!?](?= |$)", text)
    return [
        *(["it does not end with a full stop"] if not text.endswith(".") else []),
        *(["it is not one or two sentences"] if len(ends) not in {1, 2} else []),
        *(["it holds a number"] if any(sign.isnumeric() for sign in text) else []),
        *(["it holds jargon, or gives away what protects"] if TELLING.search(text) else []),
        *(["it blames"] if BLAME.search(text) else []),
    ]


def test_every_code_and_so_every_rule_of_policy_has_a_sentence_in_every_language() -> None:
    assert set(USER_SENTENCES) == set(Code)
    assert set(CATALOGUE) <= set(USER_SENTENCES)
    assert {code: set(texts) for code, texts in USER_SENTENCES.items()} == {code: set(LANGUAGES) for code in Code}


@pytest.mark.parametrize(("code", "language", "text"), SENTENCES, ids=[f"{each[0]}-{each[1]}" for each in SENTENCES])
def test_a_sentence_is_short_plain_and_without_numbers_or_blame(code: Code, language: str, text: str) -> None:
    assert faults(text) == []
    assert text == user_sentence(code, language)


@pytest.mark.parametrize(
    "forged",
    [
        "Added. And so forth",
        "One. Two. Three.",
        "Only 2 changes are allowed.",
        "The user holds a protected role.",
        "The number already belongs to other users.",
        "Der Benutzer steht auf einer Liste.",
        "The number that you gave is wrong.",
    ],
)
def test_a_forged_sentence_is_found_out(forged: str) -> None:
    assert len(faults(forged)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_which_protection_it_was_does_not_show(language: str) -> None:
    assert len({user_sentence(code, language) for code in PROTECTED}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_whether_one_requester_or_the_company_reached_its_limit_does_not_show(language: str) -> None:
    assert user_sentence(Code.REQUESTER_LIMIT, language) == user_sentence(Code.TENANT_LIMIT, language)


def test_the_user_never_reads_what_is_meant_for_the_service_desk_where_policy_objects() -> None:
    same = [code for code in CATALOGUE if MESSAGES[code] in USER_SENTENCES[code].values()]
    assert same == [Code.EXTENSION_NOT_ALLOWED]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_of_a_newer_release_has_a_sentence_too(language: str) -> None:
    assert faults(user_sentence("a_code_that_is_not_yet_known", language)) == []
