"""Every request to Microsoft Graph is a span and a duration that name the endpoint, and never the user."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import SpanKind, StatusCode

from shared.graph.permissions import ENDPOINTS
from shared.graph.traced_transport import TracedTransport
from shared.graph.url_template import UNKNOWN, url_template
from tests.unit.telemetry.conftest import Told

URL = "https://graph.microsoft.com/v1.0/users/ada@contoso.example/authentication/phoneMethods/abc?$select=phoneNumber"
NUMBER = "+49 1520 9876543"
TEMPLATE = "/users/{id}/authentication/phoneMethods/{id}"


def answering(status: int, **headers: str) -> httpx.AsyncClient:
    answer = httpx.MockTransport(lambda _: httpx.Response(status, headers=headers))
    return httpx.AsyncClient(transport=TracedTransport(answer))


async def test_a_call_names_its_endpoint_and_its_answer(told: Told) -> None:
    async with answering(204, **{"request-id": "0b6f"}) as client:
        await client.patch(URL)
    span = told.spans[f"PATCH {TEMPLATE}"]
    assert span.kind is SpanKind.CLIENT
    assert span.attributes == {
        "http.request.method": "PATCH",
        "url.template": TEMPLATE,
        "url.full": f"https://graph.microsoft.com{TEMPLATE}",
        "url.scheme": "https",
        "server.address": "graph.microsoft.com",
        "server.port": 443,
        "mfaphone.graph.endpoint": f"PATCH {TEMPLATE}",
        "http.response.status_code": 204,
        "mfaphone.graph.request_id": "0b6f",
    }
    assert span.status.status_code is StatusCode.UNSET


async def test_an_error_is_its_status_and_throttling_is_counted(told: Told) -> None:
    async with answering(429, **{"Retry-After": "12"}) as client:
        await client.patch(URL)
    span = told.spans[f"PATCH {TEMPLATE}"]
    assert span.attributes
    assert (span.attributes["error.type"], span.attributes["mfaphone.graph.retry_after_s"]) == ("429", 12.0)
    assert span.status.status_code is StatusCode.ERROR
    (throttled,) = told.points("mfaphone.graph.throttled").values()
    assert throttled.value == 1
    (key,) = told.points("http.client.request.duration")
    assert {("http.response.status_code", 429), ("error.type", "429"), ("url.template", TEMPLATE)} <= set(key)


async def test_a_request_without_an_answer_is_told_with_what_went_wrong(told: Told) -> None:
    def lost(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout(NUMBER)

    async with httpx.AsyncClient(transport=TracedTransport(httpx.MockTransport(lost))) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.patch(URL)
    span = told.spans[f"PATCH {TEMPLATE}"]
    assert span.attributes
    assert (span.attributes["error.type"], span.events, span.status.description) == ("ReadTimeout", (), None)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
def test_every_endpoint_of_the_product_has_its_name(endpoint: object) -> None:
    method, path = endpoint.method, endpoint.path  # type: ignore[attr-defined]
    assert url_template(method, "/v1.0" + path.replace("{id}", "8e5c0ae1")) == path


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/v1.0/users/1/transitiveMemberOf/microsoft.graph.group", "/users/{id}/transitiveMemberOf"),
        ("/v1.0/groups/1/transitiveMembers/microsoft.graph.user", "/groups/{id}/transitiveMembers"),
        ("/v1.0/directory/deletedItems/microsoft.graph.user", "/directory/deletedItems/microsoft.graph.user"),
        ("/v1.0/users/", "/users"),
        ("/users/1", "/users/{id}"),
        ("/v1.0/users/1/mailFolders", UNKNOWN),
    ],
)
def test_casts_and_literals_are_told_apart(path: str, template: str) -> None:
    assert url_template("GET", path) == template


@given(st.text())
def test_nothing_of_a_path_gets_into_its_name(path: str) -> None:
    assert url_template("GET", path) in {UNKNOWN, *(each.path for each in ENDPOINTS)}
