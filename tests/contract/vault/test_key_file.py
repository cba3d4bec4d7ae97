"""The key in a file, for one machine without Azure; and how the place of the key is chosen."""

import multiprocessing
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from shared.errors import SettingsError, UnreadableRowError, VaultRefusedError, VaultUnavailableError
from shared.settings import Settings
from shared.vault.choosing import key_wrap
from shared.vault.key_file import FileKeyWrap, _key_in
from shared.vault.key_vault import KeyVaultKeyWrap
from shared.vault.key_wrap import WrappedKey
from tests.contract.vault.stand_in import KEY_ID
from tests.fakes.clock import MovedClock
from tests.unit.test_settings import BUS, KEY, STORAGE

DATA_KEY = os.urandom(32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "undo.key"


def looked_at(path: Path) -> tuple[int, int]:
    """Gives size and mode."""
    found = path.stat()
    return found.st_size, stat.S_IMODE(found.st_mode)


def names_beside(path: Path) -> list[str]:
    return [file.name for file in path.parent.glob("*")]


def written(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)


async def test_the_file_is_made_at_the_first_use_for_its_owner_alone_and_stays(path: Path) -> None:
    wrapped = await FileKeyWrap(path).wrap(DATA_KEY)
    assert looked_at(path) == (32, 0o600)
    assert await FileKeyWrap(path).unwrap(wrapped) == DATA_KEY
    assert names_beside(path) == ["undo.key"]


def test_of_processes_that_make_the_file_at_once_all_get_the_same_key(path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(4) as pool:
        keys = pool.map(_key_in, [path] * 16, chunksize=1)
    assert set(keys) == {path.read_bytes()}
    assert names_beside(path) == ["undo.key"]


def test_who_finds_the_name_taken_in_the_last_moment_takes_the_other_s_key(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = b"f" * 32
    link = os.link

    def too_late(source: Any, target: Any) -> None:
        path.write_bytes(first)
        link(source, target)

    monkeypatch.setattr(os, "link", too_late)
    assert _key_in(path) == first
    assert names_beside(path) == ["undo.key"]


async def test_a_wrong_key_file_is_told(path: Path, tmp_path: Path) -> None:
    wrapped = await FileKeyWrap(path).wrap(DATA_KEY)
    with pytest.raises(UnreadableRowError, match="another one"):
        await FileKeyWrap(tmp_path / "other.key").unwrap(wrapped)


async def test_a_wrapped_key_that_was_altered_is_told(path: Path) -> None:
    wrapped = await FileKeyWrap(path).wrap(DATA_KEY)
    for wrong in (bytes([wrapped.wrapped[0] ^ 1]) + wrapped.wrapped[1:], wrapped.wrapped[:-1], b""):
        with pytest.raises(UnreadableRowError):
            await FileKeyWrap(path).unwrap(WrappedKey(wrapped.key_id, wrong))


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
async def test_a_file_that_holds_no_key_is_left_as_it_is_and_told(path: Path, content: bytes) -> None:
    written(path, content)
    with pytest.raises(VaultRefusedError, match="32 bytes"):
        await FileKeyWrap(path).wrap(DATA_KEY)
    assert looked_at(path)[0] == len(content)


async def test_a_file_that_cannot_be_read_or_made_may_be_repaired(path: Path) -> None:
    with pytest.raises(VaultUnavailableError, match="Is a directory"):
        await FileKeyWrap(path.parent.parent).wrap(DATA_KEY)
    with pytest.raises(VaultUnavailableError):
        await FileKeyWrap(Path("/dev/null/undo.key")).wrap(DATA_KEY)


def settings(**named: Any) -> Settings:
    told = {"ServiceBusConnection": BUS, "StateStorage": STORAGE, "mail_sender": "a@b.c", "number_hmac_key": KEY}
    return Settings.model_validate({**told, "undo_key_file": "undo.key"}).model_copy(
        update={"undo_key_file": None, **named}
    )


async def test_the_settings_choose_where_the_key_is(path: Path) -> None:
    vault = key_wrap(settings(undo_key_id=KEY_ID, undo_key_client_id="c"), MovedClock())
    assert isinstance(vault, KeyVaultKeyWrap)
    await vault.close()
    assert isinstance(key_wrap(settings(undo_key_file=path), MovedClock()), FileKeyWrap)
    assert names_beside(path) == []
    with pytest.raises(SettingsError):
        key_wrap(settings(), MovedClock())
