"""What the user is told of each code: plain, without blame, and nothing that would help someone who reads along.

The sentence for the service desk is another one: `shared.codes.MESSAGES`.
"""

from shared.codes import Code
from shared.notify.user_sentences_de import GERMAN
from shared.notify.user_sentences_en import ENGLISH

USER_SENTENCES: dict[Code, dict[str, str]] = {code: {"en": ENGLISH[code], "de": GERMAN[code]} for code in Code}
_BY_WORD = {code.value: sentences for code, sentences in USER_SENTENCES.items()}
_OF_A_NEWER_RELEASE = {
    "en": "Your service desk can tell you why.",
    "de": "Den Grund kann Ihnen Ihr Servicedesk nennen.",
}


def user_sentence(code: str, language: str) -> str:
    """Gives the sentence for the user in one of the templates' languages; a code of a newer release has one too."""
    return _BY_WORD.get(code, _OF_A_NEWER_RELEASE)[language]
