"""Facts for the rules' tests: a policy that lets an ordinary request through, and one thing changed at a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.change_history import History
from shared.codes import Code
from shared.directory_user import DirectoryUser, StoredPhone, UserState
from shared.messages.change_request import ChangeRequest
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.policy.answers import Answer
from shared.policy.decide import Decision, decide
from shared.policy.facts import Facts
from shared.policy.model import Policy

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANNA = "00000000-0000-4000-8000-000000000001"
GROUP = "11111111-1111-4111-8111-111111111111"
ADMIN = "62e90394-69f5-4237-9190-012177145e10"
# libphonenumber's examples of British mobile numbers, and two that follow.
NEW, OLD = PhoneNumber(44, "7400123457"), PhoneNumber(44, "7400123456")
NEW_TEXT, OLD_TEXT = NEW.in_clear(), OLD.in_clear()
PASSKEY = "fido2AuthenticationMethod"
AUTHENTICATOR = "microsoftAuthenticatorAuthenticationMethod"
KINDS = ["mobile", "fixed_line", "fixed_line_or_mobile"]
POLICY: dict[str, Any] = {
    "version": "1",
    "numberTypes": {"mobile": KINDS, "alternateMobile": KINDS, "office": KINDS},
    "requesters": {"workday": ["set", "remove", "undo"], "servicedesk": ["set"]},
}


def policy(**changed: Any) -> Policy:
    """Gives the policy with some parts changed."""
    return Policy.model_validate({**POLICY, **changed})


def request(**fields: Any) -> ChangeRequest:
    """Gives a request; by default Anna's mobile phone is set."""
    plain = {
        "requestId": "R-1",
        "operation": "set",
        "user": {"id": ANNA},
        "phoneNumber": NEW_TEXT,
        "requestedBy": "workday",
        "reason": "INC-1",
        "requestedAt": (NOW - timedelta(minutes=1)).isoformat(),
        **fields,
    }
    return ChangeRequest.model_validate({name: value for name, value in plain.items() if value is not None})


def removal(phone_type: str | None = "mobile", **fields: Any) -> ChangeRequest:
    """Gives a request to remove one phone, or all."""
    return request(operation="remove", phoneNumber=None, phoneType=phone_type, **fields)


def user(**fields: Any) -> DirectoryUser:
    """Gives Anna, a member whose account is in use and whose password is old."""
    usual = {"account_enabled": True, "usage_location": "GB", "password_changed_at": NOW - timedelta(days=100)}
    return DirectoryUser(ANNA, "anna@contoso.example", **{**usual, **fields})


def state(phones: dict[PhoneType, PhoneNumber | None] | None = None, **fields: Any) -> UserState:
    """Gives Anna with a mobile phone and a passkey; `user` has fields of hers."""
    numbers: dict[PhoneType, PhoneNumber | None] = {PhoneType.MOBILE: OLD} if phones is None else phones
    stored = tuple(StoredPhone(phone_type, number) for phone_type, number in numbers.items())
    anna = user(**fields.pop("user", {}))
    return UserState(anna, stored, fields.pop("roles", ()), fields.pop("others", (PASSKEY,)), **fields)


def facts(asked: ChangeRequest | None = None, **fields: Any) -> Facts:
    """Gives facts; `policy` has parts of it, everything that is left out is ordinary."""
    return Facts(
        asked or request(),
        policy(**fields.pop("policy", {})),
        fields.pop("now", NOW),
        fields.pop("state", state()),
        fields.pop("history", History()),
        **fields,
    )


def answers(decision: Decision) -> dict[Code, Answer]:
    """Gives what fired with its answer."""
    return {finding.code: finding.answer for finding in decision.findings}


def fired(asked: ChangeRequest | None = None, **fields: Any) -> dict[Code, Answer]:
    """Gives what fires for some facts, with its answer."""
    return answers(decide(facts(asked, **fields)))
