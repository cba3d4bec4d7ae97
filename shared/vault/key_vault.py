"""The wrapping key in Azure Key Vault: an RSA key that never leaves it, used with RSA-OAEP-256.

Reading the key, wrapping and unwrapping is what the role Key Vault Crypto Service Encryption User allows
(https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security).
"""

import re
from datetime import datetime
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import HttpResponseError
from azure.keyvault.keys import KeyVaultKey, KeyVaultKeyIdentifier
from azure.keyvault.keys.aio import KeyClient
from azure.keyvault.keys.crypto import KeyWrapAlgorithm
from azure.keyvault.keys.crypto.aio import CryptographyClient

from shared.errors import UnreadableRowError, VaultRefusedError
from shared.ports import Clock
from shared.vault.counting import counted_calls
from shared.vault.faults import look_at, vault_faults
from shared.vault.key_wrap import WrappedKey

_ALGORITHM = KeyWrapAlgorithm.rsa_oaep_256
# Of each of the SDK's tries.
BOUNDS: dict[str, Any] = {
    "connection_timeout": 5.0,
    "read_timeout": 5.0,
    "retry_total": 1,
    "retry_backoff_max": 1,
}
# How soon a new version is used after a rotation. Wrapping itself needs the public key alone, and no call.
_LOOK_AGAIN_SECONDS = 300.0
# https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
_VERSION = re.compile(r"[0-9a-f]{32}")


class KeyVaultKeyWrap:
    """Wraps under the newest version of a key, and unwraps under the version that a row names.

    `key_id` is the key's URL without a version, such as https://contoso.vault.azure.net/keys/mfaphone-undo;
    `options` go to the SDK's clients.
    """

    def __init__(self, key_id: str, credential: AsyncTokenCredential, clock: Clock, **options: Any) -> None:  # noqa: ANN401 - whatever the SDK takes
        key = KeyVaultKeyIdentifier(key_id)
        self._name, self._prefix = key.name, f"{key.vault_url}/keys/{key.name}/".casefold()
        self._credential, self._clock = credential, clock
        self._options = {**BOUNDS, "raw_response_hook": look_at, **options}
        self._keys = KeyClient(key.vault_url, credential, **self._options)
        self._versions: dict[str, CryptographyClient] = {}
        self._newest: tuple[float, CryptographyClient] | None = None

    async def wrap(self, data_key: bytes) -> WrappedKey:
        """Encrypts a key under the newest version, which is asked for every five minutes."""
        async with counted_calls(), vault_faults():
            newest = await self._newest_version()
            answer = await newest.wrap_key(_ALGORITHM, data_key)
        return WrappedKey(str(answer.key_id), answer.encrypted_key)

    async def unwrap(self, key: WrappedKey) -> bytes:
        """Decrypts a key in the vault, under the version that it names."""
        # The app's token goes only to the vault that the settings name, whatever a row says.
        if not self._is_ours(key.key_id):
            message = "A row names another key than the one that the settings name."
            raise UnreadableRowError(message)
        async with counted_calls(), vault_faults():
            try:
                answer = await self._version(key.key_id).unwrap_key(_ALGORITHM, key.wrapped)
            except HttpResponseError as fault:
                _tell_altered(fault)
                raise
        return answer.key

    async def close(self) -> None:
        """Closes the connections."""
        for client in (self._keys, *self._versions.values()):
            await client.close()
        closing = getattr(self._credential, "close", None)
        if closing:
            await closing()

    def _is_ours(self, key_id: str) -> bool:
        told = key_id.casefold()
        return told.startswith(self._prefix) and bool(_VERSION.fullmatch(told.removeprefix(self._prefix)))

    async def _newest_version(self) -> CryptographyClient:
        now = self._clock.monotonic()
        if self._newest is None or now - self._newest[0] >= _LOOK_AGAIN_SECONDS:
            key = await self._keys.get_key(self._name)
            _refuse_unless_usable(key, self._clock.now())
            self._newest = now, self._version(str(key.id), key)
        return self._newest[1]

    def _version(self, key_id: str, key: KeyVaultKey | None = None) -> CryptographyClient:
        if key_id not in self._versions:
            self._versions[key_id] = CryptographyClient(key or key_id, self._credential, **self._options)
        return self._versions[key_id]


def _refuse_unless_usable(key: KeyVaultKey, now: datetime) -> None:
    """Raises VaultRefusedError for a key that the vault itself would not use: to wrap, nobody asks it."""
    told = key.properties
    is_early = told.not_before is not None and now < told.not_before
    is_late = told.expires_on is not None and now >= told.expires_on
    if told.enabled is False or is_early or is_late:
        message = "The key to the previous numbers is disabled, or it is not its time."
        raise VaultRefusedError(message, status=0, code="KeyNotUsable")


def _tell_altered(fault: HttpResponseError) -> None:
    """Raises UnreadableRowError where the vault cannot make sense of the wrapped key: its 400 BadParameter."""
    if fault.status_code == 400 and getattr(fault.error, "code", None) == "BadParameter":  # noqa: PLR2004
        raise UnreadableRowError from None
