"""Both programs from the outside: they say where they listen, stop when told, and fail with one sentence."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.clock import SystemClock
from local.graph.server import RESOURCE
from local.identity.key_file import shared_key
from local.identity.tokens import DEFAULT_ROLES, TokenIssuer
from tests.contract.graph.names import ANNA, MOBILE

ROOT = Path(__file__).parents[3]
SECONDS_TO_START = 20


@asynccontextmanager
async def program(*arguments: object, cwd: Path) -> AsyncIterator[Process]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    words = [str(argument) for argument in arguments]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *words, stdout=PIPE, stderr=PIPE, cwd=cwd, env=environment
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ready_line(process: Process) -> str:
    assert process.stdout
    line = await asyncio.wait_for(process.stdout.readline(), SECONDS_TO_START)
    return line.decode().strip()


async def stopped(process: Process) -> tuple[int | None, str]:
    process.send_signal(signal.SIGTERM)
    _, errors = await asyncio.wait_for(process.communicate(), 5)
    return process.returncode, errors.decode()


async def failure(*arguments: object, cwd: Path) -> tuple[int | None, str]:
    async with program(*arguments, cwd=cwd) as process:
        _, errors = await asyncio.wait_for(process.communicate(), SECONDS_TO_START)
        return process.returncode, errors.decode()


@pytest.fixture
def tenant_file(tenant: dict[str, Any], tmp_path: Path) -> Path:
    file = tmp_path / "tenant.json"
    file.write_text(json.dumps(tenant))
    return file


async def test_the_two_programs_share_a_key_and_serve_together(tenant_file: Path, tmp_path: Path) -> None:
    key = ("--key-file", tmp_path / "secrets" / "key")
    async with (
        program("local.identity", "--port", 0, *key, "--header", "secret", cwd=tmp_path) as identity,
        program("local.graph", "--tenant", tenant_file, "--port", 0, *key, "--strict", cwd=tmp_path) as graph,
        httpx.AsyncClient() as http,
    ):
        name, _, token_url = (await ready_line(identity)).partition(" listens on ")
        assert name == "Managed identity"
        query = {"api-version": "2019-08-01", "resource": "https://graph.microsoft.com"}
        answer = await http.get(token_url, params=query, headers={"X-IDENTITY-HEADER": "secret"})
        name, _, graph_url = (await ready_line(graph)).partition(" listens on ")
        assert (name, graph_url.endswith("/v1.0")) == ("Microsoft Graph", True)
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        users = await http.get(f"{graph_url}/users", headers=headers)
        assert len(users.json()["value"]) == 4
        assert oct((tmp_path / "secrets" / "key").stat().st_mode)[-3:] == "600"
        assert await stopped(graph) == (0, "")
        assert await stopped(identity) == (0, "")


async def test_a_signal_ends_a_program_at_once_though_requests_are_under_way(tenant: Any, tmp_path: Path) -> None:
    """The request that is under way lacks a token, but the twin looks at that only after its latency."""
    tenant["graph"] = {"latencyMs": 60_000}
    file = tmp_path / "tenant.json"
    file.write_text(json.dumps(tenant))
    arguments = ("local.graph", "--tenant", file, "--port", 0, "--key-file", tmp_path / "key")
    async with program(*arguments, cwd=tmp_path) as graph, httpx.AsyncClient(timeout=60) as http:
        _, _, url = (await ready_line(graph)).partition(" listens on ")
        waiting = asyncio.create_task(http.get(f"{url}/users"))
        await http.get(url.replace("/v1.0", "/_twin/health"))
        assert not waiting.done()
        assert await stopped(graph) == (0, "")
        with pytest.raises(httpx.TransportError):
            await waiting


async def test_a_twin_that_is_killed_knows_afterwards_what_it_took_on_also_where_the_answer_was_lost(
    tenant_file: Path, tmp_path: Path
) -> None:
    arguments = ("local.graph", "--tenant", tenant_file, "--state", tmp_path / "state", "--key-file", tmp_path / "key")
    token = TokenIssuer(shared_key(tmp_path / "key"), DEFAULT_ROLES, 3600, SystemClock()).issue(RESOURCE).value
    phones = f"/users/{ANNA}/authentication/phoneMethods"
    async with program(*arguments, "--port", 0, cwd=tmp_path) as graph:
        _, _, url = (await ready_line(graph)).partition(" listens on ")
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http:
            await http.post(f"{url}{phones}", json={"phoneType": "office", "phoneNumber": "+49 301234567"})
            fault = {"match": {"method": "PATCH"}, "effect": "applied", "drop": True}
            await http.post(url.replace("/v1.0", "/_twin/faults"), json=fault)
            with pytest.raises(httpx.TransportError):
                await http.patch(f"{url}{phones}/{MOBILE}", json={"phoneNumber": "+49 1719999999"})
            graph.kill()
            await graph.wait()
    async with (
        program(*arguments, "--port", httpx.URL(url).port, cwd=tmp_path) as graph,
        httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http,
    ):
        assert (await ready_line(graph)).partition(" listens on ")[2] == url
        told = (await http.get(f"{url}{phones}")).json()["value"]
    assert {phone["phoneNumber"] for phone in told} == {"+49 1719999999", "+49 301234567"}


async def test_a_tenant_file_with_faults_ends_with_all_of_them_and_status_2(tmp_path: Path) -> None:
    file = tmp_path / "tenant.json"
    file.write_text(json.dumps([{"displayName": "Anna"}, {"userPrincipalName": "b@c.de", "roles": ["King"]}]))
    status, errors = await failure("local.graph", "--tenant", file, "--port", 0, cwd=tmp_path)
    assert status == 2
    assert errors.splitlines() == [
        f"The tenant file {file} has 2 faults:",
        "  - user 1 (Anna) has no userPrincipalName",
        "  - user 2 (b@c.de): role 'King' is unknown; give its name in Entra or its template id",
    ]


async def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    status, errors = await failure("local.graph", "--tenant", "nowhere.json", cwd=tmp_path)
    assert (status, errors) == (2, "The tenant file nowhere.json cannot be read: No such file or directory.\n")


@pytest.mark.parametrize("name", ["local.graph", "local.identity"])
async def test_a_port_in_use_is_one_sentence(name: str, tenant_file: Path, tmp_path: Path) -> None:
    tenant = ("--tenant", tenant_file) if name == "local.graph" else ()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, errors = await failure(name, *tenant, "--port", port, "--key-file", tmp_path / "key", cwd=tmp_path)
    assert status == 2
    assert f"cannot listen on port {port}: Address already in use. Choose another with --port." in errors
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [("local.graph",), ("local.graph", "--tenant", "x", "--port", "99999"), ("local.identity", "--port", "x")],
)
async def test_bad_settings_end_with_status_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    status, errors = await failure(*arguments, cwd=tmp_path)
    assert (status, "Traceback" in errors) == (2, False)


@pytest.mark.parametrize("name", ["local.graph", "local.identity"])
async def test_help_explains_the_options(name: str, tmp_path: Path) -> None:
    async with program(name, "--help", cwd=tmp_path) as process:
        output, _ = await process.communicate()
        assert (process.returncode, b"--key-file" in output) == (0, True)
