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
from shared.policy.rules import (
    blocked_number,
    cool_down,
    current_number,
    deny_list,
    eligible_role,
    extension,
    guest,
    limits,
    lock_out,
    number,
    number_type,
    password_age,
    region,
    request_age,
    requester,
    restricted_unit,
    role_group,
    role_holder,
    shared_number,
    telephony,
    undetermined,
)

_BY_CODE: dict[Code, Rule] = {
    rule.code: rule
    for rule in (
        *(
            module.RULE
            for module in (
                blocked_number,
                cool_down,
                current_number,
                deny_list,
                eligible_role,
                extension,
                guest,
                lock_out,
                number,
                number_type,
                password_age,
                region,
                request_age,
                requester,
                restricted_unit,
                role_group,
                role_holder,
                shared_number,
                telephony,
                undetermined,
            )
        ),
        limits.PER_USER,
        limits.PER_REQUESTER,
        limits.PER_TENANT,
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
    answer = facts.policy.answer_of(rule.code)
    if answer is Answer.ALLOW or not rule.can_be_asked(facts):
        return None
    detail = rule.objection(facts)
    if detail is None:
        return None
    finding = Finding(rule.code, detail, answer)
    excuse = excuse_for(finding, facts)
    return Finding(rule.code, detail, Answer.ALLOW, excuse) if excuse else finding
