"""Envelope encryption of one row: AES-256-GCM under a key of its own, which is kept wrapped beside it.

The nonce may be random, because no key encrypts more than once (NIST SP 800-38D, 8.2.2).
"""

import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import UnreadableRowError
from shared.vault.key_wrap import KeyWrap, WrappedKey

KEY_BITS = 256
_NONCE_BYTES = 12
_NOT_OPENED = "What a row keeps encrypted was altered, or belongs to another row."


@dataclass(frozen=True, slots=True)
class Sealed:
    """Encrypted bytes with all that is needed to read them, but the wrapping key."""

    key: WrappedKey
    nonce: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)


async def seal(plain: bytes, place: bytes, key_wrap: KeyWrap) -> Sealed:
    """Encrypts bytes so that they can be read only where they belong; `place` says where, and is not kept."""
    data_key, nonce = AESGCM.generate_key(KEY_BITS), os.urandom(_NONCE_BYTES)
    ciphertext = AESGCM(data_key).encrypt(nonce, plain, place)
    return Sealed(await key_wrap.wrap(data_key), nonce, ciphertext)


async def unseal(sealed: Sealed, place: bytes, key_wrap: KeyWrap) -> bytes:
    """Decrypts bytes. Raises UnreadableRowError where anything was altered, or the place is another."""
    data_key = await key_wrap.unwrap(sealed.key)
    try:
        return AESGCM(data_key).decrypt(sealed.nonce, sealed.ciphertext, place)
    except (InvalidTag, ValueError, TypeError):  # the latter two: a nonce of another length, or no bytes at all
        raise UnreadableRowError(_NOT_OPENED) from None
