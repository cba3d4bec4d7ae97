"""The key in Key Vault, used with the SDK as it comes and a managed identity, against a vault on a loopback address."""

import asyncio
import logging

import pytest

from shared.errors import UnreadableRowError, VaultRefusedError
from shared.vault.envelope import seal, unseal
from shared.vault.key_vault import KeyVaultKeyWrap
from shared.vault.key_wrap import WrappedKey
from tests.contract.vault.reach import DATA_KEY, reaching
from tests.contract.vault.stand_in import HOST, KEY_ID, Resolver, StandIn
from tests.fakes.clock import MovedClock


async def test_a_key_is_wrapped_without_a_call_for_it_and_unwrapped_in_the_vault(
    vault: StandIn, wrap: KeyVaultKeyWrap
) -> None:
    wrapped = await wrap.wrap(DATA_KEY)
    assert wrapped.key_id == vault.versions[0].id
    assert vault.versions[0].unwrapped(wrapped.wrapped) == DATA_KEY
    assert vault.asked == ["key"]
    assert await wrap.unwrap(wrapped) == DATA_KEY
    assert vault.asked == ["key", "unwrapkey"]


async def test_nothing_is_sent_before_the_vault_has_said_how_to_sign_in(vault: StandIn, wrap: KeyVaultKeyWrap) -> None:
    await wrap.unwrap(await wrap.wrap(DATA_KEY))
    assert vault.bodies_without_token
    assert set(vault.bodies_without_token) == {b""}


async def test_after_a_rotation_the_new_version_wraps_and_the_old_one_still_unwraps(
    vault: StandIn, wrap: KeyVaultKeyWrap, clock: MovedClock
) -> None:
    old = await wrap.wrap(DATA_KEY)
    newest = vault.rotate()
    assert (await wrap.wrap(DATA_KEY)).key_id == old.key_id
    clock.move(minutes=5)
    new = await wrap.wrap(DATA_KEY)
    assert new.key_id == newest.id
    assert [await wrap.unwrap(each) for each in (old, new)] == [DATA_KEY, DATA_KEY]


async def test_another_worker_unwraps_what_an_older_version_wrapped(
    vault: StandIn, wrap: KeyVaultKeyWrap, resolver: Resolver, clock: MovedClock
) -> None:
    old = await wrap.wrap(DATA_KEY)
    vault.rotate()
    other = reaching(vault, resolver, clock)
    assert await other.unwrap(old) == DATA_KEY
    await other.close()


async def test_a_row_is_sealed_and_read_with_the_key_in_the_vault(wrap: KeyVaultKeyWrap) -> None:
    sealed = await seal(b"text", b"place", wrap)
    assert await unseal(sealed, b"place", wrap) == b"text"
    with pytest.raises(UnreadableRowError):
        await unseal(sealed, b"elsewhere", wrap)


@pytest.mark.parametrize(
    "key_id",
    [
        "https://evil.vault.azure.net/keys/mfaphone-undo/0123456789abcdef0123456789abcdef",
        "https://contoso.vault.azure.net.evil.example/keys/mfaphone-undo/0123456789abcdef0123456789abcdef",
        "https://contoso.vault.azure.net/keys/other/0123456789abcdef0123456789abcdef",
        f"{KEY_ID}/../other/0123456789abcdef0123456789abcdef",
        f"{KEY_ID}/0123456789abcdef0123456789abcdef/unwrapkey",
        f"{KEY_ID}/",
        KEY_ID,
        "file:0123456789abcdef",
        "",
    ],
)
async def test_a_row_cannot_send_the_app_s_token_to_another_vault_or_key(
    vault: StandIn, wrap: KeyVaultKeyWrap, resolver: Resolver, key_id: str
) -> None:
    wrapped = await wrap.wrap(DATA_KEY)
    with pytest.raises(UnreadableRowError):
        await wrap.unwrap(WrappedKey(key_id, wrapped.wrapped))
    assert resolver.asked == {HOST}
    assert vault.asked == ["key"]


async def test_a_vault_that_asks_for_a_token_for_somebody_else_gets_none(vault: StandIn, wrap: KeyVaultKeyWrap) -> None:
    vault.resource = "https://graph.microsoft.com"
    with pytest.raises(VaultRefusedError):
        await wrap.wrap(DATA_KEY)
    assert vault.asked == []


async def test_a_wrapped_key_that_was_altered_is_told_as_unreadable(wrap: KeyVaultKeyWrap) -> None:
    wrapped = await wrap.wrap(DATA_KEY)
    for wrong in (bytes(256), wrapped.wrapped[:-1], b"x"):
        with pytest.raises(UnreadableRowError):
            await wrap.unwrap(WrappedKey(wrapped.key_id, wrong))


@pytest.mark.parametrize(
    "attributes", [{"enabled": False}, {"enabled": True, "exp": 1_000_000}, {"enabled": True, "nbf": 33_000_000_000}]
)
async def test_a_key_that_is_disabled_or_out_of_its_time_wraps_nothing(
    vault: StandIn, wrap: KeyVaultKeyWrap, attributes: dict[str, bool | int]
) -> None:
    vault.versions[0].attributes = attributes
    with pytest.raises(VaultRefusedError, match="not its time"):
        await wrap.wrap(DATA_KEY)


async def test_a_version_that_was_used_to_unwrap_is_looked_at_before_it_wraps(
    vault: StandIn, wrap: KeyVaultKeyWrap, resolver: Resolver, clock: MovedClock
) -> None:
    wrapped, other = await wrap.wrap(DATA_KEY), reaching(vault, resolver, clock)
    await other.unwrap(wrapped)
    vault.versions[0].attributes = {"enabled": True, "exp": 1_000_000}
    with pytest.raises(VaultRefusedError, match="not its time"):
        await other.wrap(DATA_KEY)
    await other.close()


async def test_neither_logs_nor_representations_show_a_key(
    wrap: KeyVaultKeyWrap, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrapped, sealed = await wrap.wrap(DATA_KEY), await seal(b"+4915123456789", b"place", wrap)
    await wrap.unwrap(wrapped)
    told = f"{caplog.text}{wrapped!r}{sealed!r}"
    for secret in (DATA_KEY, wrapped.wrapped, sealed.ciphertext, b"+4915123456789"):
        assert repr(secret)[2:-1] not in told
        assert secret.hex() not in told


async def test_many_at_once_share_what_they_find_out(vault: StandIn, wrap: KeyVaultKeyWrap) -> None:
    wrapped = await asyncio.gather(*(wrap.wrap(DATA_KEY) for _ in range(10)))
    assert {each.key_id for each in wrapped} == {vault.versions[0].id}
    assert await asyncio.gather(*map(wrap.unwrap, wrapped)) == [DATA_KEY] * 10
