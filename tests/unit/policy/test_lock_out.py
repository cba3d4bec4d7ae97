"""The proof that a change locks nobody out."""

from typing import Any

import pytest

from shared.codes import Code
from shared.directory_user import UserState
from shared.messages.change_request import ChangeRequest
from shared.phone.phone_type import PhoneType
from shared.policy.decide import decide
from shared.policy.methods import COUNTED
from shared.policy.proof import LockOutProof, MethodProof
from tests.unit.policy.facts import AUTHENTICATOR, NEW, OLD, PASSKEY, facts, fired, removal, request, state

MOBILE, OFFICE = PhoneType.MOBILE, PhoneType.OFFICE
EMAIL, TAP = "emailAuthenticationMethod", "temporaryAccessPassAuthenticationMethod"


def proof_of(asked: ChangeRequest, user: UserState, **rules: Any) -> LockOutProof:
    proof = decide(facts(asked, state=user, policy=rules)).proof
    assert proof is not None
    return proof


@pytest.mark.parametrize(
    ("others", "minimum", "refused"),
    [
        ((), 1, True),
        ((EMAIL, TAP), 1, True),
        ((PASSKEY,), 1, False),
        ((PASSKEY,), 2, True),
        ((PASSKEY, AUTHENTICATOR), 2, False),
        ((PASSKEY, PASSKEY), 2, False),
        ((PASSKEY, AUTHENTICATOR), 3, True),
    ],
)
def test_a_removal_leaves_the_minimum(others: tuple[str, ...], minimum: int, refused: bool) -> None:  # noqa: FBT001
    found = fired(removal(), state=state(others=others), policy={"lockOut": {"minimumUsableMethods": minimum}})
    assert (Code.WOULD_LOCK_OUT in found) is refused


@pytest.mark.parametrize("method", COUNTED)
def test_a_method_counts_as_long_as_policy_lists_it(method: str) -> None:
    assert fired(removal(), state=state(others=(method,))) == {}
    listed = [each for each in COUNTED if each != method]
    found = fired(removal(), state=state(others=(method,)), policy={"lockOut": {"countedMethods": listed}})
    assert set(found) == {Code.WOULD_LOCK_OUT}


def test_who_had_less_than_the_minimum_is_not_kept_from_a_change_that_takes_nothing_away() -> None:
    rules = {"lockOut": {"minimumUsableMethods": 5}}
    assert fired(policy=rules) == {}
    assert fired(removal("office"), policy=rules) == {}


@pytest.mark.parametrize(("enabled", "refused"), [(False, False), (True, True), (None, True)])
def test_only_an_account_that_is_known_to_be_disabled_may_be_emptied(enabled: bool | None, refused: bool) -> None:  # noqa: FBT001
    leaver = state(others=(), user={"account_enabled": enabled})
    assert (Code.WOULD_LOCK_OUT in fired(removal(None), state=leaver)) is refused
    assert bool(proof_of(removal(None), leaver).exempt) is not refused


def test_a_change_to_a_number_that_nothing_reaches_takes_a_method_away() -> None:
    pager = request(phoneNumber="+44 7640 123456")
    found = fired(pager, state=state(others=()), policy={"numberTypes": dict.fromkeys(PhoneType, ("pager", "mobile"))})
    assert set(found) == {Code.WOULD_LOCK_OUT}


def test_a_phone_that_cannot_be_read_may_work_and_is_not_taken_away_unproven() -> None:
    """Graph shows masked numbers to an app whose rights do not suffice: that is no proof of a number that is none."""
    assert set(fired(removal(), state=state({MOBILE: None}, others=()))) == {Code.WOULD_LOCK_OUT}
    assert fired(removal(), state=state({MOBILE: None})) == {}
    # It is no way to sign in that one could count on either.
    assert set(fired(removal(), state=state({MOBILE: OLD, OFFICE: None}, others=()))) == {Code.WOULD_LOCK_OUT}
    # What the request does not touch is not lost by it.
    assert fired(removal(), state=state({OFFICE: None}, others=())) == {}


def test_the_proof_names_each_method_and_why_it_counts() -> None:
    user = state({MOBILE: OLD, OFFICE: None}, others=(PASSKEY, EMAIL))
    proof = proof_of(request(), user, telephony={"unreachableRegions": ["DE"]})
    assert proof.methods == (
        MethodProof("phone mobile", usable=True, why="counts, once for all phones"),
        MethodProof("phone office", usable=False, why="is no valid phone number"),
        MethodProof(PASSKEY, usable=True, why="counts"),
        MethodProof(EMAIL, usable=False, why="does not count as a way to sign in"),
    )
    assert (proof.before, proof.after, proof.minimum, proof.locks_out) == (2, 2, 1, False)
    assert NEW.national not in str(proof)


def test_without_a_readable_number_there_is_nothing_to_prove() -> None:
    assert decide(facts(request(phoneNumber="one"))).proof is None
