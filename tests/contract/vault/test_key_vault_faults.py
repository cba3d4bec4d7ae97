"""What Key Vault's faults mean, and that none of them lasts longer than a delivery may."""

import time
import traceback

import aiohttp
import pytest
from aiohttp import web
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity.aio import ManagedIdentityCredential

from shared.backoff import LATE_WRITE, longest_pass
from shared.change.parts import ChangeOptions
from shared.errors import LedgerUnavailableError, VaultRefusedError, VaultUnavailableError
from shared.vault import faults
from shared.vault.key_vault import KeyVaultKeyWrap
from tests.contract.vault.reach import CLIENT_ID, DATA_KEY, reaching
from tests.contract.vault.stand_in import KEY_ID, Resolver, StandIn, error
from tests.fakes.clock import MovedClock


async def test_a_version_that_is_gone_is_a_refusal(vault: StandIn, wrap: KeyVaultKeyWrap) -> None:
    wrapped = await wrap.wrap(DATA_KEY)
    vault.rotate()
    del vault.versions[0]
    with pytest.raises(VaultRefusedError) as fault:
        await wrap.unwrap(wrapped)
    assert (fault.value.status, fault.value.code) == (404, "KeyNotFound")


def gateway(status: int) -> web.Response:
    return web.Response(status=status, text="<html>secret</html>", content_type="text/html")


@pytest.mark.parametrize(("status", "code"), [(403, "Forbidden"), (404, "KeyNotFound"), (400, "BadRequest")])
async def test_what_the_vault_would_refuse_again_is_a_refusal(
    vault: StandIn, wrap: KeyVaultKeyWrap, status: int, code: str
) -> None:
    wrapped = await wrap.wrap(DATA_KEY)
    vault.fails("unwrapkey", error(status, code))
    with pytest.raises(VaultRefusedError) as fault:
        await wrap.unwrap(wrapped)
    assert (fault.value.status, fault.value.code) == (status, code)
    assert "secret" not in "".join(traceback.format_exception(fault.value))


@pytest.mark.parametrize(
    "failure",
    [
        lambda: error(401, "Unauthorized"),
        lambda: error(408, "Timeout"),
        lambda: error(409, "Conflict"),
        lambda: error(429, "Throttled"),
        lambda: error(500, "InternalServerError"),
        lambda: error(503, "ServiceUnavailable"),
        lambda: gateway(403),
        lambda: gateway(404),
        lambda: gateway(502),
        lambda: gateway(200),
    ],
    ids=["401", "408", "409", "429", "500", "503", "gateway-403", "gateway-404", "gateway-502", "gateway-200"],
)
async def test_what_may_pass_is_transient(vault: StandIn, wrap: KeyVaultKeyWrap, failure: type[web.Response]) -> None:
    wrapped = await wrap.wrap(DATA_KEY)
    vault.fails("unwrapkey", failure(), failure())
    with pytest.raises(VaultUnavailableError) as fault:
        await wrap.unwrap(wrapped)
    assert "secret" not in "".join(traceback.format_exception(fault.value))
    vault.fails("unwrapkey")
    assert await wrap.unwrap(wrapped) == DATA_KEY


async def test_a_hiccup_of_the_vault_is_not_even_noticed(vault: StandIn, wrap: KeyVaultKeyWrap) -> None:
    wrapped = await wrap.wrap(DATA_KEY)
    vault.fails("unwrapkey", error(500, "InternalServerError"))
    assert await wrap.unwrap(wrapped) == DATA_KEY


async def test_a_long_retry_after_is_told_and_not_slept_through(vault: StandIn, wrap: KeyVaultKeyWrap) -> None:
    vault.fails("key", error(429, "Throttled", **{"Retry-After": "120"}))
    started = time.monotonic()
    with pytest.raises(LedgerUnavailableError) as fault:
        await wrap.wrap(DATA_KEY)
    assert fault.value.retry_after == 120
    assert time.monotonic() - started < 3


async def test_a_vault_that_never_answers_is_given_up_in_time(
    vault: StandIn, wrap: KeyVaultKeyWrap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "LONGEST_SECONDS", 0.3)
    vault.fails("key", None, None)
    started = time.monotonic()
    with pytest.raises(VaultUnavailableError):
        await wrap.wrap(DATA_KEY)
    assert time.monotonic() - started < 2


async def test_all_the_time_that_the_vault_may_take_fits_a_delivery_beside_the_rest() -> None:
    """An undo unseals once and seals once in a pass through the steps."""
    options = ChangeOptions("/test", ())
    without_graph = longest_pass(graph_timeout=0, read_back=0)
    assert without_graph >= LATE_WRITE + 2 * faults.LONGEST_SECONDS
    assert options.longest_pass < options.process_budget


async def test_without_an_identity_the_request_waits(
    vault: StandIn, resolver: Resolver, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")
    nobody = reaching(vault, resolver, clock)
    with pytest.raises(VaultUnavailableError):
        await nobody.wrap(DATA_KEY)
    await nobody.close()
    assert vault.asked == []


async def test_a_vault_with_an_unknown_certificate_is_not_trusted(
    vault: StandIn, resolver: Resolver, clock: MovedClock
) -> None:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=resolver), auto_decompress=False)
    credential = ManagedIdentityCredential(client_id=CLIENT_ID)
    careful = KeyVaultKeyWrap(KEY_ID, credential, clock, transport=AioHttpTransport(session=session))
    with pytest.raises(VaultUnavailableError):
        await careful.wrap(DATA_KEY)
    await careful.close()
    assert vault.asked == []
