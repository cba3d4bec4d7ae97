"""What envelope encryption needs of the place where its key is: to wrap the key of one row, and to unwrap it."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A row's key, encrypted. `key_id` names the key, with its version, that unwraps it."""

    key_id: str
    wrapped: bytes = field(repr=False)


class KeyWrap(Protocol):
    """Wraps and unwraps keys of 32 bytes.

    Raises VaultUnavailableError, and VaultRefusedError where the key may not be used; neither shows a key.
    """

    async def wrap(self, data_key: bytes) -> WrappedKey:
        """Encrypts a key under the newest version of the wrapping key."""
        ...

    async def unwrap(self, key: WrappedKey) -> bytes:
        """Decrypts a key under the version that it names. Raises UnreadableRowError where it does not fit."""
        ...

    async def close(self) -> None:
        """Closes the connections."""
        ...
