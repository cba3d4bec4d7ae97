"""Whom policy's exceptions excuse from one of the sweep's rules. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from shared.compliance.finding import ComplianceCode
from shared.policy.exceptions import PolicyException


@dataclass(frozen=True, slots=True)
class Excuses:
    """The exceptions from one rule that hold.

    The sweep knows nobody's memberships and no requester: exceptions that go by them excuse nobody here, and are named.
    """

    # The id of the exception by object id or user principal name, without case.
    by_name: Mapping[str, str] = field(default_factory=dict)
    # The ids of those that may excuse somebody by a group or a requester.
    perhaps: tuple[str, ...] = ()

    @classmethod
    def of(cls, code: ComplianceCode, exceptions: Iterable[PolicyException], day: date) -> Self:
        """Gathers the exceptions from a rule that hold on a day; of two for one person the first counts."""
        holding = [each for each in exceptions if code in each.codes and each.holds_on(day)]
        by_name = {name.casefold(): each.id for each in reversed(holding) for name in each.users}
        return cls(by_name, tuple(each.id for each in holding if each.groups or each.requesters))

    def excuse_for(self, user_id: str, user_principal_name: str) -> str:
        """Gives the id of the exception that excuses a person; empty where none does."""
        if not self.by_name:
            return ""
        found = (self.by_name.get(name.casefold()) for name in (user_id, user_principal_name))
        return next((each for each in found if each), "")
