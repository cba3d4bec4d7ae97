"""A key file in place of Key Vault: for one machine without Azure. Whoever reads the file reads what it protects."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from shared.errors import MfaPhoneError, UnreadableRowError, VaultRefusedError, VaultUnavailableError
from shared.vault.key_wrap import WrappedKey

KEY_BYTES = 32
# Enough to tell key files apart.
_ID_LENGTH = 16


class FileKeyWrap:
    """AES key wrap (RFC 3394) under a key of 32 random bytes, which is made at its first use.

    A file that was lost is made anew, and what the old one wrapped is told as unreadable.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def wrap(self, data_key: bytes) -> WrappedKey:
        """Encrypts a key."""
        key = await asyncio.to_thread(_key_in, self._path)
        return WrappedKey(_id_of(key), aes_key_wrap(key, data_key))

    async def unwrap(self, key: WrappedKey) -> bytes:
        """Decrypts a key. Raises UnreadableRowError where another file wrapped it, or it was altered."""
        wrapping = await asyncio.to_thread(_key_in, self._path)
        if key.key_id != _id_of(wrapping):
            message = "The key file is another one than that which the row was encrypted with."
            raise UnreadableRowError(message)
        try:
            return aes_key_unwrap(wrapping, key.wrapped)
        except (InvalidUnwrap, ValueError, TypeError):
            raise UnreadableRowError from None

    async def close(self) -> None:
        """Does nothing: no connection is open."""


def _id_of(key: bytes) -> str:
    return f"file:{hashlib.sha256(b'key id:' + key).hexdigest()[:_ID_LENGTH]}"


def _key_in(path: Path) -> bytes:
    with _file_faults():
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    if len(key) != KEY_BYTES:
        message = f"The key file does not hold {KEY_BYTES} bytes."
        raise VaultRefusedError(message, status=0, code="KeyFile")
    return key


def _make(path: Path) -> None:
    """Makes the file whole or not at all; of two processes at once, both get the key of the one that was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp gives mode 0600, and a link takes no name that is taken, where a rename would.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(KEY_BYTES))
            file.flush()
            os.fsync(handle)
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


@contextmanager
def _file_faults() -> Iterator[None]:
    problem: MfaPhoneError
    try:
        yield
    except OSError as fault:
        problem = VaultUnavailableError(f"The key file cannot be used: {fault.strerror or type(fault).__name__}.")
    else:
        return
    raise problem from None
