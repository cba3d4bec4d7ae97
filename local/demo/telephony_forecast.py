"""Decides requests once more, for the days around the end of Microsoft's text messages and calls. Pure.

It is what `python -m shared.policy explain` does: nothing is sent or written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from shared.codes import WarningCode
from shared.directory_user import UserState
from shared.explain.example.tenant import find_user
from shared.explain.explanation import explain, facts_of
from shared.messages.change_request import ChangeRequest
from shared.plan import Create, HoldBack, NoChange, Plan, Reject, Remove, Replace
from shared.policy.finding import Finding
from shared.policy.load import LoadedPolicy

# When on the day the requests come.
_MORNING = time(9, tzinfo=UTC)
_WORDS: dict[type[Plan], str] = {
    Create: "created",
    Replace: "replaced",
    Remove: "removed",
    NoChange: "nothing to do",
    HoldBack: "held",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What would become of a request on one day: a word for people, the rules that fire, the warnings."""

    word: str
    findings: tuple[Finding, ...]
    warnings: tuple[WarningCode, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """One request on the day before, on the first day, and on that day with a provider of the tenant's own."""

    request: ChangeRequest
    first_day: date
    before: Decided
    on_the_day: Decided
    with_provider: Decided

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The rules that fire on the first day."""
        return self.on_the_day.findings


def forecasts(bodies: Sequence[Mapping[str, Any]], tenant: object, policy: LoadedPolicy) -> tuple[Forecast, ...]:
    """Decides each request for each day, as if nobody had ever asked for a change before."""
    return tuple(_forecasts(bodies, tenant, policy))


def _forecasts(bodies: Sequence[Mapping[str, Any]], tenant: object, policy: LoadedPolicy) -> Iterator[Forecast]:
    first_day = policy.rules.telephony.retires_on
    by_microsoft, own = _with_mode(policy, "microsoft"), _with_mode(policy, "customer_provider")
    for body in bodies:
        request = ChangeRequest.model_validate(body)
        state = find_user(tenant, request.user, "the demo's tenant")
        if isinstance(state, UserState):
            yield Forecast(
                request,
                first_day,
                _decided(request, state, by_microsoft, first_day - timedelta(days=1)),
                _decided(request, state, by_microsoft, first_day),
                _decided(request, state, own, first_day),
            )


def _with_mode(policy: LoadedPolicy, mode: Literal["microsoft", "customer_provider"]) -> LoadedPolicy:
    telephony = policy.rules.telephony.model_copy(update={"mode": mode})
    return replace(policy, rules=policy.rules.model_copy(update={"telephony": telephony}))


def _decided(request: ChangeRequest, state: UserState, policy: LoadedPolicy, day: date) -> Decided:
    now = datetime.combine(day, _MORNING)
    asked = request.model_copy(update={"requested_at": now, "expires_at": None})
    found = explain(facts_of(policy.rules, asked, now, state, None), policy.version)
    if found.plan is None:
        return Decided("not decided", found.findings, found.warnings)
    if isinstance(found.plan, Reject):
        return Decided(f"rejected: {found.plan.cause.code.replace('_', ' ')}", found.findings, ())
    return Decided(_WORDS.get(type(found.plan), "not decided"), found.findings, found.warnings)
