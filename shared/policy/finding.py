"""What a rule says when it fires."""

from dataclasses import dataclass

from shared.codes import MESSAGES, Code
from shared.policy.answers import Answer


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's objection: its code, the particulars in words for people and without a number, and the answer."""

    code: Code
    detail: str = ""
    answer: Answer = Answer.REFUSE
    # The exception that turned the answer into `allow`.
    excused_by: str = ""

    @property
    def message(self) -> str:
        """The sentence for the service desk, with the particulars."""
        return f"{MESSAGES[self.code]} {self.detail}".strip()
