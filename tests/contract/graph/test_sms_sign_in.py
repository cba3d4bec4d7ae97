"""Why 409: a mobile number also goes to SMS sign-in, where it must be unique; for MFA it is written all the same."""

from typing import Any

import httpx
import pytest
from msgraph.generated.models.authentication_phone_type import AuthenticationPhoneType
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.phone_authentication_method import PhoneAuthenticationMethod

from local.graph.server import Graph
from tests.contract.graph.names import ANNA, BEN, MOBILE

FREE = "+49 1719999999"
HELD_BY_THE_DELETED = "+49 1700000001"


@pytest.fixture
def tenant(tenant: dict[str, Any]) -> dict[str, Any]:
    """Anna and Ben are in the policy for SMS sign-in; so was the one who is deleted."""
    for user in tenant["users"][:2]:
        user["smsSignIn"] = True
    return tenant


def phones(user: str) -> str:
    return f"/users/{user}/authentication/phoneMethods"


async def state_of(http: httpx.AsyncClient, user: str) -> tuple[str, str]:
    found = (await http.get(f"{phones(user)}/{MOBILE}")).json()
    return found["phoneNumber"], found["smsSignInState"]


async def test_a_number_that_nobody_holds_becomes_ready(http: httpx.AsyncClient) -> None:
    answer = await http.patch(f"{phones(ANNA)}/{MOBILE}", json={"phoneNumber": FREE})
    assert answer.status_code == 204
    assert await state_of(http, ANNA) == (FREE, "ready")


async def test_post_answers_409_although_the_number_is_written(sdk: Any, http: httpx.AsyncClient) -> None:
    """Guards against realmjoin-runbooks#318: 409 is no proof that nothing was written."""
    body = PhoneAuthenticationMethod(phone_number="+49 1711234567", phone_type=AuthenticationPhoneType.Mobile)
    with pytest.raises(ODataError) as clash:
        await sdk.users.by_user_id(BEN).authentication.phone_methods.post(body)
    assert clash.value.response_status_code == 409
    assert clash.value.error.code == "phoneNumberNotUnique"
    assert await state_of(http, BEN) == ("+49 1711234567", "phoneNumberNotUnique")
    assert await state_of(http, ANNA) == ("+49 1711234567", "ready")


async def test_patch_answers_409_although_the_number_is_written(http: httpx.AsyncClient) -> None:
    await http.post(phones(BEN), json={"phoneNumber": FREE, "phoneType": "mobile"})
    answer = await http.patch(f"{phones(ANNA)}/{MOBILE}", json={"phoneNumber": FREE})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "phoneNumberNotUnique")
    assert await state_of(http, ANNA) == (FREE, "phoneNumberNotUnique")


async def test_a_soft_deleted_user_still_holds_their_number(http: httpx.AsyncClient) -> None:
    answer = await http.patch(f"{phones(ANNA)}/{MOBILE}", json={"phoneNumber": HELD_BY_THE_DELETED})
    assert answer.status_code == 409
    assert (await state_of(http, ANNA))[0] == HELD_BY_THE_DELETED


async def test_writing_the_own_number_again_is_no_clash(http: httpx.AsyncClient) -> None:
    answer = await http.patch(f"{phones(ANNA)}/{MOBILE}", json={"phoneNumber": "+49 1711234567"})
    assert answer.status_code == 204


async def test_other_types_and_other_users_need_not_be_unique(http: httpx.AsyncClient) -> None:
    alternate = {"phoneNumber": HELD_BY_THE_DELETED, "phoneType": "alternateMobile"}
    assert (await http.post(phones(ANNA), json=alternate)).status_code == 201
    guest = "guest_example.org%23EXT%23@contoso.com"
    mobile = {"phoneNumber": HELD_BY_THE_DELETED, "phoneType": "mobile"}
    made = await http.post(phones(guest), json=mobile)
    assert (made.status_code, made.json()["smsSignInState"]) == (201, "notAllowedByPolicy")


async def test_disable_releases_the_number_and_enable_takes_it(sdk: Any, http: httpx.AsyncClient) -> None:
    mobile = sdk.users.by_user_id(ANNA).authentication.phone_methods.by_phone_authentication_method_id(MOBILE)
    await mobile.disable_sms_sign_in.post()
    assert await state_of(http, ANNA) == ("+49 1711234567", "notEnabled")
    made = await http.post(phones(BEN), json={"phoneNumber": "+49 1711234567", "phoneType": "mobile"})
    assert made.status_code == 201
    with pytest.raises(ODataError) as clash:
        await mobile.enable_sms_sign_in.post()
    assert clash.value.response_status_code == 409
    await http.delete(f"{phones(BEN)}/{MOBILE}")
    await mobile.enable_sms_sign_in.post()
    assert await state_of(http, ANNA) == ("+49 1711234567", "ready")


async def test_sms_sign_in_is_for_mobiles_of_users_in_the_policy(http: httpx.AsyncClient, graph: Graph) -> None:
    await http.post(phones(ANNA), json={"phoneNumber": "+49 3012345678", "phoneType": "office"})
    office = "e37fc753-ff3b-4958-9484-eaa9425c82bc"
    assert (await http.post(f"{phones(ANNA)}/{office}/enableSmsSignIn")).status_code == 400
    anna = graph.tenant.user(ANNA)
    assert anna
    anna.sms_sign_in = False
    assert (await http.post(f"{phones(ANNA)}/{MOBILE}/enableSmsSignIn")).status_code == 400
