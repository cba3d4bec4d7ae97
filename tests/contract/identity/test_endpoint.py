"""azure-identity, unmodified, gets tokens from the endpoint, and errors of App Service's shape."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import azure.identity
import httpx
import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CredentialUnavailableError
from azure.identity.aio import ManagedIdentityCredential

from local.clock import ManualClock
from local.identity.key_file import KEY_BYTES, shared_key
from local.identity.server import Identity, running_identity
from local.identity.tokens import DEFAULT_ROLES
from local.serving import CannotStartError

GRAPH = "https://graph.microsoft.com"
CLIENT_ID = "11111111-2222-3333-4444-555555555555"
QUERY = {"api-version": "2019-08-01", "resource": GRAPH}


@pytest.fixture
async def identity(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Identity]:
    async with running_identity(header="secret") as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


def claims(identity: Identity, token: str, audience: str = GRAPH) -> dict[str, Any]:
    return jwt.decode(token, identity.key, algorithms=["HS256"], audience=audience)


async def ask(identity: Identity, query: dict[str, str], header: str | None = "secret") -> httpx.Response:
    headers = {} if header is None else {"X-IDENTITY-HEADER": header}
    async with httpx.AsyncClient() as http:
        return await http.get(identity.url, params=query, headers=headers)


async def test_the_async_credential_gets_a_token_for_graph(identity: Identity) -> None:
    async with ManagedIdentityCredential() as credential:
        token = await credential.get_token(f"{GRAPH}/.default")
    found = claims(identity, token.token)
    assert found["roles"] == list(DEFAULT_ROLES)
    assert found["exp"] == token.expires_on == found["iat"] + 86_400
    assert found["nbf"] <= found["iat"]
    assert {"appid", "oid", "tid"} <= found.keys()


async def test_the_sync_credential_gets_a_token_too(identity: Identity) -> None:
    with azure.identity.ManagedIdentityCredential() as credential:
        token = await asyncio.to_thread(credential.get_token, f"{GRAPH}/.default")
    assert claims(identity, token.token)["aud"] == GRAPH


async def test_a_user_assigned_identity_is_named_by_its_client_id(identity: Identity) -> None:
    async with ManagedIdentityCredential(client_id=CLIENT_ID) as credential:
        token = await credential.get_token(f"{GRAPH}/.default")
    async with ManagedIdentityCredential() as credential:
        other = await credential.get_token(f"{GRAPH}/.default")
    found = claims(identity, token.token)
    assert found["appid"] == CLIENT_ID
    assert found["oid"] != claims(identity, other.token)["oid"]


async def test_a_credential_asks_once_while_its_token_is_good(identity: Identity) -> None:
    async with ManagedIdentityCredential() as credential:
        first = await credential.get_token(f"{GRAPH}/.default")
        second = await credential.get_token(f"{GRAPH}/.default")
    assert first.token == second.token
    assert claims(identity, first.token)["uti"]


async def test_permissions_of_graph_are_in_no_other_token(identity: Identity) -> None:
    async with ManagedIdentityCredential() as credential:
        token = await credential.get_token("https://servicebus.azure.net/.default")
    assert "roles" not in claims(identity, token.token, "https://servicebus.azure.net")


async def test_the_answer_has_app_services_fields(identity: Identity) -> None:
    answer = await ask(identity, {**QUERY, "client_id": CLIENT_ID})
    body = answer.json()
    assert body.keys() == {"access_token", "expires_on", "resource", "token_type", "client_id"}
    assert (body["resource"], body["token_type"], body["client_id"]) == (GRAPH, "Bearer", CLIENT_ID)
    assert body["expires_on"].isdecimal(), "a text of digits, as App Service writes it"


@pytest.mark.parametrize("header", [None, "", "wrong", "secre", "sécret"])
async def test_without_the_secret_there_is_no_token(identity: Identity, header: str | None) -> None:
    sent = None if header is None else header.encode("latin-1").decode("latin-1")
    headers = {} if sent is None else {b"X-IDENTITY-HEADER": sent.encode("latin-1")}
    async with httpx.AsyncClient() as http:
        answer = await http.get(identity.url, params=QUERY, headers=headers)
    assert answer.status_code == 401
    assert answer.json().keys() == {"statusCode", "message", "correlationId"}


@pytest.mark.parametrize(
    "query",
    [
        {"resource": GRAPH},
        {"resource": GRAPH, "api-version": "2017-09-01"},
        {"api-version": "2019-08-01"},
        {"api-version": "2019-08-01", "resource": " "},
        {**QUERY, "client_id": "no-guid"},
        {**QUERY, "mi_res_id": "/subscriptions/x"},
    ],
)
async def test_a_request_of_another_form_is_400(identity: Identity, query: dict[str, str]) -> None:
    answer = await ask(identity, query)
    assert (answer.status_code, answer.json()["statusCode"]) == (400, 400)


async def test_azure_identity_reports_a_refusal(identity: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")
    async with ManagedIdentityCredential() as credential:
        with pytest.raises((ClientAuthenticationError, CredentialUnavailableError)):
            await credential.get_token(f"{GRAPH}/.default")
    assert identity.header == "secret"


async def test_roles_and_life_of_a_token_are_settings() -> None:
    clock = ManualClock()
    async with running_identity(roles=["Mail.Send"], expires_in=60, clock=clock) as identity:
        answer = await ask(identity, QUERY, identity.header)
        found = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert found["roles"] == ["Mail.Send"]
    assert found["exp"] - int(clock.now().timestamp()) == 60


async def test_a_key_file_is_made_once_and_read_ever_after(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "key"
    keys = await asyncio.gather(*(asyncio.to_thread(shared_key, file) for _ in range(8)))
    assert len(set(keys)) == 1
    assert len(keys[0]) == KEY_BYTES
    assert oct(file.stat().st_mode)[-3:] == "600"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("contents", ["", "rubbish", "00" * 8, "ab" * 31 + "c"])
def test_a_file_without_a_whole_key_is_refused(tmp_path: Path, contents: str) -> None:
    file = tmp_path / "key"
    file.write_text(contents)
    with pytest.raises(CannotStartError, match="does not hold a key"):
        shared_key(file)


def test_a_key_file_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStartError, match="cannot be used"):
        shared_key(tmp_path / "file" / "key")
