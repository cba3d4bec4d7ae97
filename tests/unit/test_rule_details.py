"""What a rule says beside its code is told to everyone: it repeats nothing that somebody wrote."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.change_history import History
from shared.codes import Code
from shared.directory_user import DirectoryGroup, DirectoryRole, Holding, StoredPhone, Undetermined, UserState
from shared.messages.change_request import ChangeRequest
from shared.phone.phone_type import PhoneType
from shared.policy.decide import RULES, Decision, decide
from shared.policy.facts import Facts
from tests.fakes.clock import START
from tests.fakes.world import ADMIN_ROLE, OLD, World, person, policy

MARK = "0170 7654321"
GROUP = "11111111-1111-4111-8111-111111111111"
# Every rule objects to somebody of whom this is true.
STRICT: dict[str, Any] = {
    "regions": {"allowed": ["AT"], "default": "DE"},
    "numberTypes": {"mobile": [], "alternateMobile": [], "office": []},
    "requesters": {},
    "blockedNumbers": ["+49170765"],
    "protectedUsers": {"groups": [GROUP]},
    "lockOut": {"minimumUsableMethods": 5},
    "telephony": {"mode": "retired"},
    "tripwires": {"passwordAge": "PT1H"},
}
HISTORY = History((START,) * 3, by_requester=200, in_tenant=400, other_holders=1)


def decided(telephony: str = "retired", **fields: Any) -> Decision:
    user = person("anna").user
    phones = tuple(StoredPhone(phone_type, OLD) for phone_type in (PhoneType.MOBILE, PhoneType.OFFICE))
    state = UserState(
        user=replace(user, account_enabled=True, management_restricted=True, user_type="guest"),
        phones=phones,
        roles=(ADMIN_ROLE, DirectoryRole(ADMIN_ROLE.template_id, ADMIN_ROLE.name, Holding.ELIGIBLE)),
        other_methods=(),
        groups=(DirectoryGroup(GROUP, "Tier 0", role_assignable=True),),
        undetermined=frozenset(Undetermined),
    )
    rules = policy(**{**STRICT, "telephony": {"mode": telephony}}).rules
    request = ChangeRequest.model_validate(World().request(**fields))
    return decide(Facts(request, rules, START, state, HISTORY))


everything_written = st.fixed_dictionaries(
    {
        "requestedBy": st.just(f"form {MARK}"),
        "reason": st.just(f"call {MARK}"),
        "phoneNumber": st.sampled_from([MARK, f"{MARK} x1", f"{MARK} or so", f"{MARK}²", f"+53 {MARK}"]),
        "ifCurrent": st.sampled_from([None, MARK, f"{MARK}/1"]),
        "requestedAt": st.just((START + timedelta(days=1)).isoformat()),
    }
)


@given(everything_written)
def test_no_detail_repeats_a_word_of_the_request(fields: dict[str, Any]) -> None:
    """Field failure: the requester's name, free text with a number in it, reached the events."""
    found = decided(**fields).findings
    assert {Code.REQUESTER_NOT_ALLOWED, Code.REQUESTED_IN_FUTURE, Code.PRIVILEGED_USER} <= {one.code for one in found}
    assert [one for one in found if any(part in one.detail for part in ("7654321", "0170", "form", "call"))] == []


def test_every_rule_can_be_made_to_object() -> None:
    later = (START + timedelta(days=1)).isoformat()
    decisions = [
        decided(phoneNumber=f"{MARK} x1", requestedAt=later),
        decided(phoneNumber=f"{MARK} or so"),
        decided("microsoft", operation="remove", phoneNumber=None, ifCurrent=MARK, phoneType="mobile"),
        decided("microsoft", operation="remove", phoneNumber=None),
    ]
    assert {one.code for decision in decisions for one in decision.findings} == {rule.code for rule in RULES}


def test_a_message_is_the_codes_sentence_with_the_particulars() -> None:
    (found,) = [one for one in decided().findings if one.code is Code.PRIVILEGED_USER]
    assert found.message == (
        "The user holds a protected directory role; an administrator must make this change. Role: Global Administrator."
    )
