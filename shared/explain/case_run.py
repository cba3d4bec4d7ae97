"""Decides a policy's own test cases. Pure: the same policy gives the same results on any day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue, ValidationError

from shared.codes import Code
from shared.explain.example.user import example_user
from shared.explain.example.words import ExampleError
from shared.explain.explanation import Explanation, explain, facts_of
from shared.messages.change_request import ChangeRequest, Operation
from shared.policy.answers import Answer
from shared.policy.cases import PolicyCase
from shared.policy.model import Policy
from shared.policy.words import ANY_REQUESTER
from shared.told_faults import told_faults

# A day like any other, so that a case which names none comes out the same on each.
_ANY_DAY = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
_A_MINUTE = timedelta(minutes=1)
_KNOWN = frozenset(field.alias or name for name, field in ChangeRequest.model_fields.items())


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What a case expected and what came; `fault` says why it could not be decided, empty where it could."""

    case: PolicyCase
    answer: Answer | None = None
    codes: frozenset[Code] = frozenset()
    fault: str = ""

    @property
    def passed(self) -> bool:
        """Whether it came as expected."""
        expected = self.case.expect
        codes_fit = expected.codes is None or frozenset(expected.codes) == self.codes
        return not self.fault and self.answer is expected.answer and codes_fit


def run_cases(policy: Policy) -> tuple[CaseResult, ...]:
    """Decides every case of a policy."""
    return tuple(_result(policy, case) for case in policy.tests)


def line_of(result: CaseResult) -> str:
    """Gives a result in one line: what was expected and what came, where that is not the same."""
    expected = result.case.expect
    if result.passed:
        return f"passed  {result.case.name}: {_told(expected.answer, expected.codes)}"
    came = result.fault or _told(result.answer, result.codes)
    return f"FAILED  {result.case.name}: expected {_told(expected.answer, expected.codes)}; came {came}"


def _told(answer: Answer | None, codes: Collection[Code] | None) -> str:
    named = "" if codes is None else f" ({', '.join(sorted(codes)) or 'nothing fires'})"
    return f"{answer}{named}"


def _result(policy: Policy, case: PolicyCase) -> CaseResult:
    try:
        explanation = _explained(policy, case)
    except ValidationError as fault:
        return CaseResult(case, fault=f"the request cannot be read: {'; '.join(told_faults(fault, 'request'))}")
    except ExampleError as fault:
        return CaseResult(case, fault=" ".join(str(fault).split()))
    return CaseResult(case, explanation.answer, frozenset(found.code for found in explanation.findings))


def _explained(policy: Policy, case: PolicyCase) -> Explanation:
    request, now = _request(case, policy)
    state = example_user(_user(case), "the user")
    return explain(facts_of(policy, request, now, state, case.history), policy.version)


def _request(case: PolicyCase, policy: Policy) -> tuple[ChangeRequest, datetime]:
    """Reads the request; what a case leaves out is what any request has, asked for by somebody who may."""
    if unknown := sorted(case.request.keys() - _KNOWN):
        source, fault = "the request", f"{', '.join(unknown)}: no field of a change request"
        raise ExampleError(source, [fault])
    operation = str(case.request.get("operation", Operation.SET))
    asked_at = case.now - _A_MINUTE if case.now else _ANY_DAY - _A_MINUTE
    usual: dict[str, JsonValue] = {
        "requestId": "case",
        "operation": operation,
        "user": {"userPrincipalName": "user@contoso.example"},
        "requestedBy": _entitled(policy, operation),
        "reason": "case",
        "requestedAt": asked_at.isoformat(),
    }
    request = ChangeRequest.model_validate({**usual, **case.request})
    return request, case.now or request.requested_at + _A_MINUTE


def _entitled(policy: Policy, operation: str) -> str:
    """Gives a requester who may do it, the first one by name."""
    able = sorted(name for name, operations in policy.requesters.items() if operation in operations)
    return next((name for name in able if name != ANY_REQUESTER), "somebody")


def _user(case: PolicyCase) -> Mapping[str, JsonValue]:
    """Gives the user; one of whom nothing is said has a phone (libphonenumber's example) and an authenticator app."""
    return case.user or {"phoneMethods": [{"phoneType": "mobile", "phoneNumber": "+44 7400 123456"}]}
