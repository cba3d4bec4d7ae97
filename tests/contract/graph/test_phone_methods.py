"""Phone methods behave as Microsoft documents them, and as people found them to."""

from typing import Any

import httpx
import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.authentication_phone_type import AuthenticationPhoneType
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.phone_authentication_method import PhoneAuthenticationMethod

from local.graph.server import Graph
from tests.contract.graph.names import ALTERNATE, ANNA, BEN, CLARA, GUEST, MOBILE, OFFICE

NUMBER = "+49 1719999999"
PHONES = f"/users/{ANNA}/authentication/phoneMethods"


def phone(number: str, phone_type: AuthenticationPhoneType | None = None) -> PhoneAuthenticationMethod:
    return PhoneAuthenticationMethod(phone_number=number, phone_type=phone_type)


def phones_of(sdk: Any, user: str) -> Any:
    return sdk.users.by_user_id(user).authentication.phone_methods


async def numbers(sdk: Any, user: str) -> dict[str, str]:
    page = await phones_of(sdk, user).get()
    return {method.phone_type.value: method.phone_number for method in page.value}


async def test_lists_the_phones_with_their_fixed_ids(sdk: Any) -> None:
    page = await phones_of(sdk, ANNA).get()
    assert [(each.id, each.phone_number, each.phone_type) for each in page.value] == [
        (MOBILE, "+49 1711234567", AuthenticationPhoneType.Mobile)
    ]


async def test_gets_one_phone_by_its_fixed_id(sdk: Any) -> None:
    found = await phones_of(sdk, ANNA).by_phone_authentication_method_id(MOBILE).get()
    assert found.phone_number == "+49 1711234567"
    assert found.sms_sign_in_state.value == "notAllowedByPolicy"


async def test_patch_changes_the_number_and_answers_204_without_a_body(sdk: Any, http: httpx.AsyncClient) -> None:
    body = phone(NUMBER, AuthenticationPhoneType.Mobile)
    answer = await phones_of(sdk, ANNA).by_phone_authentication_method_id(MOBILE).patch(body)
    assert answer is None
    assert await numbers(sdk, ANNA) == {"mobile": NUMBER}
    plain = await http.patch(f"{PHONES}/{MOBILE}", json={"phoneNumber": "+49 1718888888"})
    assert (plain.status_code, plain.content) == (204, b"")


async def test_post_adds_a_phone_and_answers_201_with_it(sdk: Any, http: httpx.AsyncClient) -> None:
    made = await phones_of(sdk, BEN).post(phone(NUMBER, AuthenticationPhoneType.Mobile))
    assert (made.id, made.phone_number) == (MOBILE, NUMBER)
    answer = await http.post(
        f"/users/{BEN}/authentication/phoneMethods", json={"phoneType": "office", "phoneNumber": "+49 3012345678x9"}
    )
    assert (answer.status_code, answer.json()["id"]) == (201, OFFICE)


async def test_post_of_a_type_that_is_there_already_is_400(sdk: Any) -> None:
    with pytest.raises(ODataError) as refused:
        await phones_of(sdk, ANNA).post(phone(NUMBER, AuthenticationPhoneType.Mobile))
    assert refused.value.response_status_code == 400
    assert await numbers(sdk, ANNA) == {"mobile": "+49 1711234567"}


async def test_alternate_mobile_needs_a_mobile_first(sdk: Any) -> None:
    with pytest.raises(ODataError) as refused:
        await phones_of(sdk, BEN).post(phone(NUMBER, AuthenticationPhoneType.AlternateMobile))
    assert refused.value.response_status_code == 400
    await phones_of(sdk, BEN).post(phone("+49 1718888888", AuthenticationPhoneType.Mobile))
    made = await phones_of(sdk, BEN).post(phone(NUMBER, AuthenticationPhoneType.AlternateMobile))
    assert made.id == ALTERNATE


async def test_mobile_cannot_be_deleted_while_there_is_an_alternate_mobile(sdk: Any) -> None:
    await phones_of(sdk, ANNA).post(phone(NUMBER, AuthenticationPhoneType.AlternateMobile))
    with pytest.raises(ODataError) as refused:
        await phones_of(sdk, ANNA).by_phone_authentication_method_id(MOBILE).delete()
    assert refused.value.response_status_code == 400
    await phones_of(sdk, ANNA).by_phone_authentication_method_id(ALTERNATE).delete()
    await phones_of(sdk, ANNA).by_phone_authentication_method_id(MOBILE).delete()
    assert await numbers(sdk, ANNA) == {}


async def test_delete_answers_204_and_from_then_on_404(sdk: Any, http: httpx.AsyncClient) -> None:
    assert (await http.delete(f"{PHONES}/{MOBILE}")).status_code == 204
    for method in ("GET", "DELETE"):
        assert (await http.request(method, f"{PHONES}/{MOBILE}")).status_code == 404
    with pytest.raises(ODataError) as gone:
        await phones_of(sdk, ANNA).by_phone_authentication_method_id(MOBILE).patch(phone(NUMBER))
    assert gone.value.response_status_code == 404


async def test_the_default_method_cannot_be_deleted(graph: Graph, sdk: Any) -> None:
    """Guards against microsoft-graph-docs-contrib#1888: the code is a bare badRequest, only the text tells why."""
    anna = graph.tenant.user(ANNA)
    assert anna
    anna.default_method = "sms"
    with pytest.raises(ODataError) as refused:
        await phones_of(sdk, ANNA).by_phone_authentication_method_id(MOBILE).delete()
    assert refused.value.error.code == "badRequest"
    assert "matches the user's current default authentication method" in refused.value.error.message
    assert f"[{MOBILE}]" in refused.value.error.message


@pytest.mark.parametrize(
    "number",
    [
        "+491719999999",
        "+49  1719999999",
        "+49 171 9999999",
        "491719999999",
        "0171 9999999",
        "+49 1719999999 x1",
        "+49 171",
        "+0 1719999999",
        "tel:+49-171",
        "",
    ],
)
async def test_a_number_of_another_format_is_400_and_not_repeated(http: httpx.AsyncClient, number: str) -> None:
    for method, path, body in (
        ("PATCH", f"{PHONES}/{MOBILE}", {"phoneNumber": number}),
        ("POST", PHONES, {"phoneNumber": number, "phoneType": "office"}),
    ):
        answer = await http.request(method, path, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "badRequest")
        assert not number or number not in answer.text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("+44 07940123966", "+44 7940123966"),
        ("+39 0612345678", "+39 0612345678"),
        ("+1 5555551234x123", "+1 5555551234x123"),
    ],
)
async def test_graph_may_keep_a_number_in_another_form(http: httpx.AsyncClient, sent: str, kept: str) -> None:
    """A trunk zero goes, Italy's zero stays, an extension stays, and a number that cannot exist is kept as it is."""
    await http.patch(f"{PHONES}/{MOBILE}", json={"phoneNumber": sent})
    assert (await http.get(f"{PHONES}/{MOBILE}")).json()["phoneNumber"] == kept


@pytest.mark.parametrize(
    "body",
    [
        {"phoneNumber": NUMBER, "phoneType": "mobile", "smsSignInState": "ready"},
        {"phoneNumber": NUMBER, "phoneType": "mobile", "number": "x"},
        {"phoneNumber": NUMBER},
        {"phoneType": "mobile"},
        {"phoneNumber": NUMBER, "phoneType": "fax"},
        {"phoneNumber": NUMBER, "phoneType": "unknownFutureValue"},
        {"phoneNumber": 491719999999, "phoneType": "mobile"},
        {"phoneNumber": None, "phoneType": "mobile"},
        {},
    ],
)
async def test_post_refuses_bodies_that_graph_would_refuse(http: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await http.post(f"/users/{BEN}/authentication/phoneMethods", json=body)
    assert answer.status_code == 400
    assert (await http.get(f"/users/{BEN}/authentication/phoneMethods")).json()["value"] == []


async def test_patch_cannot_change_the_type(http: httpx.AsyncClient) -> None:
    answer = await http.patch(f"{PHONES}/{MOBILE}", json={"phoneNumber": NUMBER, "phoneType": "office"})
    assert answer.status_code == 400


async def test_put_is_as_dead_as_in_graph(http: httpx.AsyncClient) -> None:
    answer = await http.put(f"{PHONES}/{MOBILE}", json={"phoneNumber": NUMBER})
    assert answer.status_code == 404
    assert "No HTTP resource was found" in answer.text


@pytest.mark.parametrize("method_id", ["28c10230-6103-485e-b985-444c60001490", OFFICE, "mobile"])
async def test_an_id_that_is_no_phone_of_the_user_is_404(http: httpx.AsyncClient, method_id: str) -> None:
    assert (await http.get(f"{PHONES}/{method_id}")).status_code == 404


async def test_filters_by_type_as_practice_does(sdk: Any, http: httpx.AsyncClient) -> None:
    await http.post(PHONES, json={"phoneType": "office", "phoneNumber": "+49 3012345678"})
    builder = phones_of(sdk, ANNA)
    query = type(builder).PhoneMethodsRequestBuilderGetQueryParameters(filter="phoneType eq 'mobile'")
    page = await builder.get(RequestConfiguration(query_parameters=query))
    assert [each.id for each in page.value] == [MOBILE]


@pytest.mark.parametrize("query", ["$select=id", "$top=1", "$orderby=id", "$count=true", "$expand=x"])
async def test_other_query_options_are_refused_as_documented(http: httpx.AsyncClient, query: str) -> None:
    assert (await http.get(f"{PHONES}?{query}")).status_code == 400


async def test_a_restricted_management_unit_stops_every_write(http: httpx.AsyncClient) -> None:
    phones = f"/users/{CLARA}/authentication/phoneMethods"
    answers = [
        await http.post(phones, json={"phoneNumber": NUMBER, "phoneType": "office"}),
        await http.patch(f"{phones}/{MOBILE}", json={"phoneNumber": NUMBER}),
        await http.delete(f"{phones}/{MOBILE}"),
        await http.post(f"{phones}/{MOBILE}/enableSmsSignIn"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert {answer.json()["error"]["code"] for answer in answers} == {"Authorization_RequestDenied"}
    assert (await http.get(phones)).json()["value"][0]["phoneNumber"] == "+49 1717654321"


async def test_a_guest_is_found_by_name_when_the_hash_is_encoded(sdk: Any, http: httpx.AsyncClient) -> None:
    made = await phones_of(sdk, "guest_example.org#EXT#@contoso.com").post(
        phone(NUMBER, AuthenticationPhoneType.Mobile)
    )
    assert made.phone_number == NUMBER
    assert await numbers(sdk, GUEST) == {"mobile": NUMBER}
    lost = await http.get("/users/guest_example.org#EXT#@contoso.com/authentication/phoneMethods")
    assert lost.status_code == 404, "an unencoded # begins a fragment, which is never sent"


async def test_lists_every_method_as_its_own_type(sdk: Any) -> None:
    page = await sdk.users.by_user_id(BEN).authentication.methods.get()
    assert [type(each).__name__ for each in page.value] == [
        "PasswordAuthenticationMethod",
        "Fido2AuthenticationMethod",
        "TemporaryAccessPassAuthenticationMethod",
        "EmailAuthenticationMethod",
        "SoftwareOathAuthenticationMethod",
        "WindowsHelloForBusinessAuthenticationMethod",
        "PlatformCredentialAuthenticationMethod",
    ]
    page = await sdk.users.by_user_id(ANNA).authentication.methods.get()
    assert [each.odata_type.removeprefix("#microsoft.graph.") for each in page.value] == [
        "passwordAuthenticationMethod",
        "phoneAuthenticationMethod",
        "microsoftAuthenticatorAuthenticationMethod",
    ]
