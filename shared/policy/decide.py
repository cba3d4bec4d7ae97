"""Asks every rule, and gives all that fired. Pure and total: any facts have a decision."""

from dataclasses import dataclass

from shared.codes import Code
from shared.policy.answers import Answer, strictest
from shared.policy.catalogue import ENTRIES
from shared.policy.excusing import excuse_for, may_be_excused
from shared.policy.facts import Facts
from shared.policy.finding import Finding
from shared.policy.lock_out import lock_out_proof
from shared.policy.proof import LockOutProof
from shared.policy.rule import Rule
from shared.policy.rules.blocked_number import RULE as BLOCKED_NUMBER
from shared.policy.rules.cool_down import RULE as COOL_DOWN
from shared.policy.rules.current_number import RULE as CURRENT_NUMBER
from shared.policy.rules.deny_list import RULE as DENY_LIST
from shared.policy.rules.eligible_role import RULE as ELIGIBLE_ROLE
from shared.policy.rules.extension import RULE as EXTENSION
from shared.policy.rules.guest import RULE as GUEST
from shared.policy.rules.limits import PER_REQUESTER, PER_TENANT, PER_USER
from shared.policy.rules.lock_out import RULE as LOCK_OUT
from shared.policy.rules.number import RULE as NUMBER
from shared.policy.rules.number_type import RULE as NUMBER_TYPE
from shared.policy.rules.password_age import RULE as PASSWORD_AGE
from shared.policy.rules.region import RULE as REGION
from shared.policy.rules.request_age import RULE as REQUEST_AGE
from shared.policy.rules.requester import RULE as REQUESTER
from shared.policy.rules.restricted_unit import RULE as RESTRICTED_UNIT
from shared.policy.rules.role_group import RULE as ROLE_GROUP
from shared.policy.rules.role_holder import RULE as ROLE_HOLDER
from shared.policy.rules.shared_number import RULE as SHARED_NUMBER
from shared.policy.rules.telephony import RULE as TELEPHONY
from shared.policy.rules.undetermined import RULE as UNDETERMINED

_BY_CODE: dict[Code, Rule] = {
    rule.code: rule
    for rule in (
        BLOCKED_NUMBER,
        COOL_DOWN,
        CURRENT_NUMBER,
        DENY_LIST,
        ELIGIBLE_ROLE,
        EXTENSION,
        GUEST,
        PER_USER,
        PER_REQUESTER,
        PER_TENANT,
        LOCK_OUT,
        NUMBER,
        NUMBER_TYPE,
        PASSWORD_AGE,
        REGION,
        REQUEST_AGE,
        REQUESTER,
        RESTRICTED_UNIT,
        ROLE_GROUP,
        ROLE_HOLDER,
        SHARED_NUMBER,
        TELEPHONY,
        UNDETERMINED,
    )
}
# In the catalogue's order, which is that in which objections are told.
RULES: tuple[Rule, ...] = tuple(_BY_CODE[entry.code] for entry in ENTRIES)


@dataclass(frozen=True, slots=True)
class Decision:
    """What policy says of a request: everything that fired, also what was excused, and the proof of no lock-out."""

    findings: tuple[Finding, ...] = ()
    proof: LockOutProof | None = None

    @property
    def answer(self) -> Answer:
        """The strictest answer of all."""
        return strictest(finding.answer for finding in self.findings)

    @property
    def objections(self) -> tuple[Finding, ...]:
        """What refuses the request, the gravest first."""
        return tuple(finding for finding in self.findings if finding.answer is Answer.REFUSE)

    @property
    def holds(self) -> tuple[Finding, ...]:
        """What makes the request wait for a person, or for a while."""
        return tuple(finding for finding in self.findings if finding.answer in {Answer.HOLD, Answer.COOL_OFF})


def decide(facts: Facts) -> Decision:
    """Decides by all that is known. Without the user, what an exception may yet excuse is left for later."""
    fired = [finding for rule in RULES if (finding := finding_of(rule, facts)) is not None]
    told = tuple(finding for finding in fired if not may_be_excused(finding, facts))
    return Decision(told, lock_out_proof(facts))


def finding_of(rule: Rule, facts: Facts) -> Finding | None:
    """Asks one rule; None where it passes, is switched off, or cannot be asked yet."""
    if rule.is_switched_off(facts.policy) or not rule.can_be_asked(facts):
        return None
    detail = rule.objection(facts)
    if detail is None:
        return None
    finding = Finding(rule.code, detail, facts.policy.answer_of(rule.code))
    excuse = excuse_for(finding, facts)
    return Finding(rule.code, detail, Answer.ALLOW, excuse) if excuse else finding
