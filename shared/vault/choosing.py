"""Chooses where the key to the previous numbers is: in Key Vault, or in a file."""

from azure.identity.aio import ManagedIdentityCredential

from shared.errors import SettingsError
from shared.ports import Clock
from shared.settings import Settings
from shared.vault.key_file import FileKeyWrap
from shared.vault.key_vault import BOUNDS, KeyVaultKeyWrap
from shared.vault.key_wrap import KeyWrap


def key_wrap(settings: Settings, clock: Clock) -> KeyWrap:
    """Gives what wraps the keys of the previous numbers. Raises SettingsError where no place is named."""
    if settings.undo_key_id:
        credential = ManagedIdentityCredential(client_id=settings.undo_key_client_id, **BOUNDS)
        return KeyVaultKeyWrap(settings.undo_key_id, credential, clock)
    if settings.undo_key_file:
        return FileKeyWrap(settings.undo_key_file)
    message = "UNDO_KEY_ID is not set, and neither is UNDO_KEY_FILE."
    raise SettingsError(message)
