"""What a rule is: a code of the catalogue, what it looks at, and when it objects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.codes import Code
from shared.policy.answers import Answer
from shared.policy.catalogue import CATALOGUE, Entry, Need
from shared.policy.facts import Facts
from shared.policy.model import Policy


def _never(_: Policy) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `objection` gives the particulars in words for people, without a number, where the rule fires, and None where it
    passes. `inputs` gives what it looked at, for `explain`; numbers in it are masked.
    """

    code: Code
    objection: Callable[[Facts], str | None]
    inputs: Callable[[Facts], Mapping[str, object]]
    # Whether the policy's own figure for it is switched off, such as a tripwire that is null.
    is_off: Callable[[Policy], bool] = _never

    @property
    def entry(self) -> Entry:
        """Its data."""
        return CATALOGUE[self.code]

    def is_switched_off(self, policy: Policy) -> bool:
        """Says whether policy lets it answer nothing."""
        return policy.answer_of(self.code) is Answer.ALLOW or self.is_off(policy)

    def can_be_asked(self, facts: Facts) -> bool:
        """Says whether all that the rule needs is known."""
        needs = {Need.REQUEST: True, Need.DIRECTORY: facts.state is not None, Need.HISTORY: facts.history is not None}
        return needs[self.entry.need]
