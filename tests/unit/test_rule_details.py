"""What a rule says beside its code is told to everyone: it repeats nothing that somebody wrote."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.codes import Code
from shared.directory_user import StoredPhone, UserState
from shared.messages.change_request import ChangeRequest
from shared.phone.phone_type import PhoneType
from shared.policy.decide import RULES, objections
from shared.policy.facts import Facts
from tests.fakes.clock import START
from tests.fakes.world import ADMIN_ROLE, OLD, World, person, policy

MARK = "0170 7654321"
STRICT = {
    "regions": {"allowed": ["AT"], "default": "DE"},
    "numberTypes": {"mobile": [], "alternateMobile": [], "office": []},
    "requesters": {},
}


def facts(**fields: Any) -> Facts:
    user = person("anna").user
    phones = tuple(StoredPhone(phone_type, OLD) for phone_type in (PhoneType.MOBILE, PhoneType.OFFICE))
    request = ChangeRequest.model_validate(World().request(**fields))
    return Facts(request, policy(**STRICT).rules, START, UserState(user, phones, (ADMIN_ROLE,), ()))


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
def test_no_detail_repeats_a_word_of_the_request(fields: dict[str, str | None]) -> None:
    """Field failure: the requester's name, free text with a number in it, reached the events."""
    found = objections(facts(**fields))
    assert {Code.REQUESTER_NOT_ALLOWED, Code.REQUESTED_IN_FUTURE, Code.PRIVILEGED_USER} <= {one.code for one in found}
    assert [one for one in found if any(part in one.detail for part in ("7654321", "0170", "form", "call"))] == []


def test_nearly_every_rule_has_been_made_to_object() -> None:
    found = [one.code for one in objections(facts(phoneNumber=f"{MARK} x1", requestedAt="2027-01-01T00:00:00Z"))]
    removal = facts(operation="remove", phoneNumber=None, ifCurrent=MARK, phoneType="mobile")
    found += [one.code for one in objections(removal)]
    assert len(set(found)) >= len(RULES) - 3
