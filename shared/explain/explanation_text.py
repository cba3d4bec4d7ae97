"""Tells a decision in plain words, or as JSON for programs. Numbers in it are masked. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from pydantic import JsonValue, TypeAdapter

from shared.explain.explanation import Explanation, RuleAnswer, RuleStatus
from shared.messages.change_request import Operation
from shared.plan import (
    Create,
    Expire,
    HoldBack,
    LookAgain,
    NoChange,
    OrderLost,
    Plan,
    Refusal,
    Reject,
    Remove,
    Replace,
    Supersede,
    Write,
)
from shared.policy.answers import Answer
from shared.policy.proof import LockOutProof

_MEANING = {
    Answer.ALLOW: "nothing objects",
    Answer.WARN: "it is carried out, and its event names the rules below",
    Answer.COOL_OFF: "it waits for the cooling-off period, then it is carried out unless somebody cancels it",
    Answer.HOLD: "it waits until a second person approves or cancels it",
    Answer.REFUSE: "it is rejected",
}
_ACTIONS: dict[type[Plan], str] = {
    Create: "create",
    Replace: "replace",
    Remove: "remove",
    NoChange: "none",
    HoldBack: "hold",
    Reject: "reject",
    Expire: "expire",
}
_DURATION: TypeAdapter[timedelta] = TypeAdapter(timedelta)


def explanation_text(explanation: Explanation) -> str:
    """Gives the decision in lines for people."""
    lines = [
        f"Decision: {explanation.answer}: {_meaning(explanation)}.",
        f"Plan:     {_plan(explanation)}.",
        f"Policy:   {explanation.version}, as of {_shown(explanation.facts.now)}.",
    ]
    if explanation.warnings:
        lines.append(f"Warnings: {', '.join(explanation.warnings)}.")
    lines += ["", "Rules, the gravest first:"]
    lines += [line for answer in explanation.rules for line in _rule_lines(answer)]
    lines += ["", *_proof_lines(explanation.decision.proof)]
    return "\n".join(lines)


def explanation_json(explanation: Explanation) -> dict[str, JsonValue]:
    """Gives the decision for programs; fields are only ever added to it."""
    proof = explanation.decision.proof
    return {
        "answer": explanation.answer,
        "codes": [finding.code for finding in explanation.findings],
        "notAsked": [each.rule.code for each in explanation.rules if each.status is RuleStatus.NOT_ASKED],
        "action": _action(explanation),
        "plan": _plan(explanation),
        "policyVersion": explanation.version,
        "decidedAt": _shown(explanation.facts.now),
        "warnings": list(explanation.warnings),
        "rules": [_rule_json(answer) for answer in explanation.rules],
        "lockOutProof": _proof_json(proof) if proof else None,
    }


def _meaning(explanation: Explanation) -> str:
    asked_all = all(answer.status is not RuleStatus.NOT_ASKED for answer in explanation.rules)
    return _MEANING[explanation.answer] + ("" if asked_all else ", as far as rules could be asked")


def _plan(explanation: Explanation) -> str:
    if explanation.absence is not None and explanation.plan is None:
        return f"would be rejected as {explanation.absence.code}: {explanation.absence.message.rstrip('.')}"
    if explanation.facts.asked_for is Operation.UNDO and explanation.plan is None:
        return "not known here: what an undo restores is kept encrypted; only request and user were looked at"
    return plan_text(explanation.plan)


def plan_text(plan: Plan | None) -> str:
    """Gives what would be done."""
    match plan:
        case None:
            return "not known without the user"
        case NoChange():
            return "nothing to do, it is so already"
        case HoldBack():
            return f"would wait, and then: {_write_text(plan.write)}"
        case Create() | Replace() | Remove():
            return _write_text(plan)
        case _:
            return _refusal_text(plan)


def _write_text(write: Write) -> str:
    match write:
        case Create(phone_type, number):
            return f"would add the {phone_type} phone {number}"
        case Replace(phone_type, number, previous):
            return f"would replace the {phone_type} phone {previous or '(unreadable)'} by {number}"
        case Remove(phone_types, _):
            return f"would remove: {', '.join(phone_types)}"


def _refusal_text(plan: Refusal | LookAgain) -> str:
    match plan:
        case Reject():
            return f"would be rejected as {plan.cause.code}: {plan.cause.message.rstrip('.')}"
        case Expire():
            return "would expire, its time is over"
        case Supersede() | LookAgain() | OrderLost():
            return "would give way to another request"


def _action(explanation: Explanation) -> str:
    """Gives what would be done in one word; `unknown` where that takes more than is known here."""
    plan = explanation.plan
    if plan is None:
        return "reject" if explanation.absence else "unknown"
    return _ACTIONS[type(plan)]


def _rule_lines(answer: RuleAnswer) -> Iterator[str]:
    yield f"  {_status(answer):<12}  {answer.rule.code}: {answer.rule.entry.asks}"
    if answer.finding:
        excuse = f" Excused by {answer.finding.excused_by}." if answer.finding.excused_by else ""
        yield f"                {answer.finding.message}{excuse}"
    if answer.status is RuleStatus.NOT_ASKED:
        yield f"                needs the {answer.rule.entry.need}, which is not known here"
    if answer.inputs:
        yield f"                {'; '.join(f'{name}: {_shown(value)}' for name, value in answer.inputs.items())}"


def _status(answer: RuleAnswer) -> str:
    """Gives what came of a rule: in capitals what it answers, where it fired."""
    fired = answer.finding if answer.status is RuleStatus.FIRED else None
    return fired.answer.upper() if fired else answer.status


def _proof_lines(proof: LockOutProof | None) -> Iterator[str]:
    if proof is None:
        yield "Lock-out proof: none, because the user or the number is not known."
        return
    yield (
        f"Lock-out proof as of {proof.as_of}: {_counted(proof.before)} before, {proof.after} after, "
        f"policy demands {proof.minimum}{f' (does not apply: {proof.exempt})' if proof.exempt else ''}."
    )
    for method in proof.methods:
        yield f"  {'usable' if method.usable else 'not usable':<12}  {method.method}: {method.why}"


def _counted(methods: int) -> str:
    return f"{methods} usable method{'' if methods == 1 else 's'}"


def _shown(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case timedelta():
            return str(_DURATION.dump_python(value, mode="json"))
        case _:
            return str(value)


def _rule_json(answer: RuleAnswer) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {"code": answer.rule.code, "status": answer.status, "inputs": _inputs(answer.inputs)}
    if answer.finding is not None:
        told |= {"answer": answer.finding.answer, "message": answer.finding.message}
        told |= {"excusedBy": answer.finding.excused_by or None}
    return told


def _inputs(inputs: Mapping[str, object]) -> dict[str, JsonValue]:
    return {name: value if isinstance(value, bool | int) else _shown(value) for name, value in inputs.items()}


def _proof_json(proof: LockOutProof) -> dict[str, JsonValue]:
    return {
        "asOf": proof.as_of.isoformat(),
        "before": proof.before,
        "after": proof.after,
        "minimum": proof.minimum,
        "locksOut": proof.locks_out,
        "exempt": proof.exempt or None,
        "methods": [{"method": each.method, "usable": each.usable, "why": each.why} for each in proof.methods],
    }
