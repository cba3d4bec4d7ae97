"""A decision with everything that it rests on, as `explain` tells it. Pure: values in, values out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.change_history import History
from shared.codes import Code, WarningCode
from shared.directory_user import UserAbsent, UserAmbiguous, UserDeleted, UserState
from shared.messages.change_request import ChangeRequest, Operation
from shared.plan import Expire, Plan, Reject
from shared.planning import Place, make_plan, plan_without_directory
from shared.policy.answers import Answer, strictest
from shared.policy.cases import CaseHistory
from shared.policy.decide import RULES, Decision, decide, finding_of
from shared.policy.facts import Facts
from shared.policy.finding import Finding
from shared.policy.model import Policy
from shared.policy.rule import Rule
from shared.policy.telephony_warnings import warnings_of


class RuleStatus(StrEnum):
    """What came of asking a rule."""

    FIRED = "fired"
    EXCUSED = "excused"
    """It fired, and an exception excuses it."""
    PASSED = "passed"
    NOT_ASKED = "not asked"
    """What it needs to know is not known here."""
    SWITCHED_OFF = "switched off"


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """One rule, what came of it, and what it looked at."""

    rule: Rule
    status: RuleStatus
    inputs: Mapping[str, object]
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision, rule by rule, with the plan that follows from it; None: nothing speaks against it so far."""

    facts: Facts
    version: str
    rules: tuple[RuleAnswer, ...]
    decision: Decision
    plan: Plan | None
    warnings: tuple[WarningCode, ...]
    # Why there is no user to decide on.
    absence: Finding | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that fired, and what ends the request beyond policy: its age, Graph's own order, or nobody is there."""
        beyond = self.plan.findings if isinstance(self.plan, Reject) else ()
        if isinstance(self.plan, Expire):
            beyond = (Finding(Code.PAST_EXPIRY),)
        if self.absence is not None:
            beyond = (*beyond, self.absence)
        return (*self.decision.findings, *(found for found in beyond if found not in self.decision.findings))

    @property
    def answer(self) -> Answer:
        """The strictest answer of all."""
        return strictest(finding.answer for finding in self.findings)


def explain(facts: Facts, version: str, absence: Finding | None = None) -> Explanation:
    """Asks every rule by itself, then lets all of them decide."""
    decision = decide(facts)
    rules = tuple(_answer(rule, facts) for rule in RULES)
    return Explanation(facts, version, rules, decision, _plan(facts), warnings_of(facts, decision.proof), absence)


def facts_of(
    policy: Policy, request: ChangeRequest, now: datetime, state: UserState | None, past: CaseHistory | None
) -> Facts:
    """Gives the facts of a request that nobody has sent.

    Of an undo request and user are looked at: what it restores is kept encrypted, and stands in no file.
    """
    return Facts(request, policy, now, state, _history(past, now) if past else None)


def absence_of(found: UserState | UserAbsent | UserDeleted | UserAmbiguous, policy: Policy) -> Finding | None:
    """Says why there is no user to decide on; None where there is one."""
    match found:
        case UserState():
            return None
        case UserAbsent():
            return Finding(Code.USER_NOT_FOUND)
        case UserAmbiguous(count):
            return Finding(Code.USER_AMBIGUOUS, f"{count} users match.")
        case UserDeleted():
            waits = policy.protected_users.deleted == "wait"
            return Finding(Code.USER_DELETED, "Policy waits for that, until the request expires." if waits else "")


def _answer(rule: Rule, facts: Facts) -> RuleAnswer:
    inputs = rule.inputs(facts)
    if rule.is_switched_off(facts.policy):
        return RuleAnswer(rule, RuleStatus.SWITCHED_OFF, inputs)
    if not rule.can_be_asked(facts):
        return RuleAnswer(rule, RuleStatus.NOT_ASKED, {})
    finding = finding_of(rule, facts)
    if finding is None:
        return RuleAnswer(rule, RuleStatus.PASSED, inputs)
    return RuleAnswer(rule, RuleStatus.EXCUSED if finding.excused_by else RuleStatus.FIRED, inputs, finding)


def _plan(facts: Facts) -> Plan | None:
    """Gives the plan, as if no other request had ever concerned these phones."""
    if facts.request.operation is Operation.UNDO:
        decision = decide(facts)
        early = plan_without_directory(facts)
        return early or (Reject(decision.findings) if decision.objections else None)
    if facts.state is None:
        return plan_without_directory(facts)
    return make_plan(facts, facts.state, {}, Place(1, facts.request.request_id, facts.now, ()))


def _history(past: CaseHistory, now: datetime) -> History:
    return History(
        tuple(now - age for age in past.ages), past.requester_changes, past.tenant_changes, past.other_holders
    )
