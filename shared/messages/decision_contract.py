"""What events tell of policy's decision: every rule that fired, and the proof that nobody is locked out."""

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.codes import Code
from shared.contract_fields import field_title
from shared.policy.answers import Answer
from shared.policy.finding import Finding
from shared.policy.proof import LockOutProof


class Told(BaseModel):
    """A part of an event."""

    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, populate_by_name=True, field_title_generator=field_title
    )


class ToldFinding(Told):
    """A rule that fired."""

    code: Code
    answer: Answer = Field(description="What the rule answered; `allow` where an exception excused it.")
    message: str = Field(description="Why; a sentence for people, without a number.")
    excused_by: str | None = Field(description="The id of the policy's exception that excused it.")


class ToldMethod(Told):
    """One method after the change."""

    method: str = Field(description="Graph's type name, or `phone` with the phone's type.")
    usable: bool = Field(description="Whether it counts as a way to sign in.")
    why: str


class ToldProof(Told):
    """How many usable methods the user has before and after the change; all phones count once."""

    as_of: date = Field(description="ISO 8601 date, UTC.")
    before: int
    after: int
    minimum: int = Field(description="What policy demands after a change that takes a method away.")
    exempt: str | None = Field(description="Why the minimum does not apply; null where it does.")
    methods: tuple[ToldMethod, ...] = Field(description="The methods as they are after the change.")


def told_findings(findings: Iterable[Finding]) -> tuple[ToldFinding, ...]:
    """Gives the findings as events tell them."""
    return tuple(
        ToldFinding(code=each.code, answer=each.answer, message=each.message, excused_by=each.excused_by or None)
        for each in findings
    )


def told_proof(proof: LockOutProof | None) -> ToldProof | None:
    """Gives the proof as events tell it."""
    if proof is None:
        return None
    methods = tuple(ToldMethod(method=each.method, usable=each.usable, why=each.why) for each in proof.methods)
    return ToldProof(
        as_of=proof.as_of,
        before=proof.before,
        after=proof.after,
        minimum=proof.minimum,
        exempt=proof.exempt or None,
        methods=methods,
    )
