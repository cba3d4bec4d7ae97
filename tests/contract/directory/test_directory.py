"""The directory port on Microsoft Graph: what is read, what is written, what an answer means."""

import re
from typing import Any

import pytest

from local.identity.tokens import DEFAULT_ROLES
from shared.directory_user import StoredPhone, UserAbsent, UserAmbiguous, UserState
from shared.errors import (
    DirectoryRefusedError,
    DirectoryThrottledError,
    DirectoryUnavailableError,
    TokenUnavailableError,
)
from shared.graph.calls import GraphCalls
from shared.graph.client import connect_graph
from shared.graph.permissions import Identity, endpoints_of
from shared.graph.users import GraphUsers
from shared.messages.change_request import UserKey
from shared.notify.mail import Mail
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import Create, Remove, Replace
from shared.ports import WriteCertainty
from shared.settings import Settings
from tests.contract.directory.conftest import ANNA, PERMISSIONS, Reach
from tests.fakes.clock import MovedClock

OLD = PhoneNumber(49, "15123456780")
NEW = PhoneNumber(49, "15123456789")
ANNAS = UserKey(id=ANNA)
PHONES = "/users/{id}/authentication/phoneMethods"
NOBODY = "00000000-0000-4000-8000-0000000000ff"


def calls(reach: Reach) -> list[tuple[str, str]]:
    return [(record.method, re.sub(r"{[^}]*}", "{id}", record.path)) for record in reach.graph.requests]


@pytest.mark.parametrize(
    "key",
    [
        UserKey(id=ANNA),
        UserKey(id=ANNA.upper()),
        UserKey(userPrincipalName="Anna@Contoso.example"),
        UserKey(employeeId="1'001"),
    ],
    ids=str,
)
async def test_a_user_is_found_by_each_key_with_everything_that_a_decision_needs(reach: Reach, key: UserKey) -> None:
    state = await reach.directory.read_state(key)
    assert isinstance(state, UserState)
    assert (state.user.id, state.user.usage_location, state.user.account_enabled) == (ANNA, "DE", True)
    assert state.phones == (StoredPhone(PhoneType.MOBILE, OLD),)
    assert set(state.other_methods) == {"fido2AuthenticationMethod", "emailAuthenticationMethod"}
    assert state.roles == ()


async def test_a_guest_is_found_by_name_although_the_name_holds_a_number_sign(reach: Reach) -> None:
    """Field failure: `#EXT#` unencoded starts a URI fragment."""
    state = await reach.directory.read_state(UserKey(userPrincipalName="guest_example.org#EXT#@contoso.example"))
    assert isinstance(state, UserState)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        (UserKey(userPrincipalName="nobody@contoso.example"), UserAbsent()),
        (UserKey(id=NOBODY), UserAbsent()),
        (UserKey(employeeId="404"), UserAbsent()),
        (UserKey(employeeId="2"), UserAmbiguous(2)),
    ],
    ids=str,
)
async def test_who_is_not_exactly_one_user_is_none(reach: Reach, key: UserKey, answer: object) -> None:
    assert await reach.directory.read_state(key) == answer


async def test_a_role_that_comes_through_nested_groups_is_seen(reach: Reach) -> None:
    state = await reach.directory.read_state(UserKey(userPrincipalName="boss@contoso.example"))
    assert isinstance(state, UserState)
    assert [role.name for role in state.roles] == ["Global Administrator"]
    assert state.roles[0].template_id == "62e90394-69f5-4237-9190-012177145e10"


async def test_memberships_are_read_to_the_last_page(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.graph.memberships._PAGE", 1)
    state = await reach.directory.read_state(UserKey(userPrincipalName="boss@contoso.example"))
    assert isinstance(state, UserState)
    assert [role.name for role in state.roles] == ["Global Administrator"]
    assert calls(reach).count(("GET", "/users/{id}/transitiveMemberOf")) > 1


async def test_create_replace_and_remove_are_post_patch_and_delete_and_show_in_a_read(reach: Reach) -> None:
    office = PhoneNumber(49, "30123456", "12")
    for write, after in (
        (Replace(PhoneType.MOBILE, NEW, OLD), {PhoneType.MOBILE: NEW}),
        (Create(PhoneType.OFFICE, office), {PhoneType.MOBILE: NEW, PhoneType.OFFICE: office}),
        (Remove((PhoneType.OFFICE, PhoneType.MOBILE), None), {}),
    ):
        answer = await reach.directory.write(ANNA, write)
        assert answer.certainty is WriteCertainty.WRITTEN
        phones = await reach.directory.read_phones(ANNA)
        assert {phone.phone_type: phone.number for phone in phones} == after
    methods = [method for method, _ in calls(reach)]
    assert methods == ["PATCH", "GET", "POST", "GET", "DELETE", "DELETE", "GET"]


async def test_removing_what_is_gone_already_is_as_good(reach: Reach) -> None:
    answer = await reach.directory.write(ANNA, Remove((PhoneType.OFFICE,), None))
    assert answer.certainty is WriteCertainty.WRITTEN


async def test_a_conflict_is_uncertain(reach: Reach) -> None:
    reach.fail(match={"method": "PATCH"}, status=409, code="phoneNumberNotUnique", effect="applied")
    answer = await reach.directory.write(ANNA, Replace(PhoneType.MOBILE, NEW, OLD))
    assert (answer.certainty, answer.status, answer.code) == (WriteCertainty.UNCERTAIN, 409, "phoneNumberNotUnique")
    assert (await reach.directory.read_phones(ANNA))[0].number == NEW


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}, {"status": 503}, {"status": 504}], ids=str)
async def test_a_lost_answer_to_a_write_is_uncertain_and_the_write_is_not_sent_again(
    reach: Reach, fault: dict[str, Any]
) -> None:
    """Field failure: the SDK's own retry sends POST and PATCH again."""
    reach.fail(match={"method": "PATCH"}, effect="applied", **fault)
    answer = await reach.directory.write(ANNA, Replace(PhoneType.MOBILE, NEW, OLD))
    assert answer.certainty is WriteCertainty.UNCERTAIN
    assert [method for method, _ in calls(reach)] == ["PATCH"]


async def test_a_refusal_is_told_with_graphs_code(reach: Reach) -> None:
    answer = await reach.directory.write(ANNA, Create(PhoneType.MOBILE, NEW))
    assert (answer.certainty, answer.status) == (WriteCertainty.REFUSED, 400)


async def test_a_write_that_was_throttled_was_not_made(reach: Reach) -> None:
    reach.fail(match={"method": "PATCH"}, status=429, retryAfter="7")
    with pytest.raises(DirectoryThrottledError) as fault:
        await reach.directory.write(ANNA, Replace(PhoneType.MOBILE, NEW, OLD))
    assert fault.value.retry_after == 7


async def test_retry_after_silences_the_whole_instance_until_it_is_over(reach: Reach) -> None:
    reach.fail(match={"path": PHONES}, status=429, retryAfter="30")
    with pytest.raises(DirectoryThrottledError):
        await reach.directory.read_phones(ANNA)
    before = len(reach.graph.requests)
    with pytest.raises(DirectoryThrottledError) as fault:
        await reach.users.user(ANNA)
    assert fault.value.retry_after == 30
    assert len(reach.graph.requests) == before
    reach.clock.move(seconds=30)
    assert await reach.users.user(ANNA) is not None


async def test_an_absurd_retry_after_does_not_silence_an_instance_for_a_day(reach: Reach) -> None:
    reach.fail(match={"path": PHONES}, status=429, retryAfter="86400")
    with pytest.raises(DirectoryThrottledError):
        await reach.directory.read_phones(ANNA)
    reach.clock.move(minutes=15)
    assert await reach.users.user(ANNA) is not None


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 503, "retryAfter": "4"}, {"drop": True}], ids=str)
async def test_a_read_that_fails_for_a_while_is_transient(reach: Reach, fault: dict[str, Any]) -> None:
    reach.fail(match={"method": "GET"}, **fault)
    with pytest.raises(DirectoryUnavailableError) as raised:
        await reach.directory.read_state(ANNAS)
    assert raised.value.retry_after == (4 if "retryAfter" in fault else None)


async def test_a_missing_permission_is_a_refusal(reach: Reach) -> None:
    reach.fail(match={"method": "GET"}, status=403, code="Authorization_RequestDenied")
    with pytest.raises(DirectoryRefusedError) as fault:
        await reach.directory.read_state(ANNAS)
    assert (fault.value.status, fault.value.code) == (403, "Authorization_RequestDenied")


async def test_without_an_identity_endpoint_a_call_is_transient(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:9/msi/token")
    connection = connect_graph(settings)
    with pytest.raises(TokenUnavailableError):
        await GraphUsers(connection.client, GraphCalls(MovedClock(), 1, 20)).user(ANNA)
    await connection.close()


async def test_a_token_that_graph_does_not_take_is_transient(reach: Reach) -> None:
    reach.fail(match={"method": "GET"}, status=401, code="InvalidAuthenticationToken")
    with pytest.raises(DirectoryUnavailableError):
        await reach.directory.read_state(ANNAS)


async def test_no_fault_shows_a_number(reach: Reach) -> None:
    reach.fail(match={"method": "POST"}, status=400, code="badRequest", message=f"bad number {NEW.in_clear()}")
    answer = await reach.directory.write(ANNA, Create(PhoneType.MOBILE, NEW))
    assert NEW.national not in str(answer)


async def test_the_manager_is_found_and_who_has_none_has_none(reach: Reach) -> None:
    manager = await reach.users.manager_of(ANNA)
    assert manager is not None
    assert manager.user_principal_name == "boss@contoso.example"
    assert await reach.users.manager_of(manager.id) is None


async def test_a_mail_is_handed_over_once_with_the_events_id_in_a_header(reach: Reach) -> None:
    await reach.mailbox.send(Mail("anna@contoso.example", "Subject", "<p>Grüße</p>", "R-1:changed"))
    (mail,) = reach.graph.mails
    assert mail.file is not None
    text = mail.file.read_text(encoding="utf-8")
    assert "R-1:changed" in text
    assert "anna@contoso.example" in text


async def test_the_mailbox_is_the_only_one_that_may_be_sent_from(reach: Reach) -> None:
    reach.graph.state.mail_senders = frozenset()
    with pytest.raises(DirectoryRefusedError):
        await reach.mailbox.send(Mail("anna@contoso.example", "Subject", "<p></p>", "R-1:changed"))


def test_the_local_identity_has_the_permissions_of_the_table_and_no_others() -> None:
    assert sorted(DEFAULT_ROLES) == PERMISSIONS


async def test_every_call_that_is_made_is_in_the_table_of_permissions_and_the_other_way_round(reach: Reach) -> None:
    for key in (
        ANNAS,
        UserKey(userPrincipalName="boss@contoso.example"),
        UserKey(employeeId="2"),
        UserKey(employeeId="404"),
        UserKey(id=NOBODY),
    ):
        await reach.directory.read_state(key)
    await reach.users.manager_of(ANNA)
    for write in (Replace(PhoneType.MOBILE, NEW, OLD), Create(PhoneType.OFFICE, NEW), Remove((PhoneType.OFFICE,), NEW)):
        await reach.directory.write(ANNA, write)
    await reach.mailbox.send(Mail("anna@contoso.example", "Subject", "<p></p>", "R-1:changed"))
    assert set(calls(reach)) == {(each.method, each.path) for each in endpoints_of(Identity.CHANGES)}
