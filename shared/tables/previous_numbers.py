"""What requests replaced or removed, in Table Storage: a row per request, each encrypted under a key of its own."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import UpdateMode

from shared.errors import UnreadableRowError, VaultRefusedError, VaultUnavailableError
from shared.history_ports import PreviousPhones
from shared.ports import Clock
from shared.tables.previous_text import phones_of, text_of
from shared.tables.row_keys import hashed_key
from shared.tables.store import TableStore, storage_faults
from shared.vault.envelope import Sealed, seal, unseal
from shared.vault.key_wrap import KeyWrap, WrappedKey

TABLE = "previousnumbers"
_ROW = "previous"


class TablePreviousNumbers:
    """Previous numbers, for as long as the retention lasts; after it they are not given, even where a row is left."""

    def __init__(self, store: TableStore, clock: Clock, key_wrap: KeyWrap, retention: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._key_wrap = key_wrap
        self._retention = retention

    async def keep(self, request_key: str, phones: PreviousPhones, *, anew: bool) -> None:
        """Writes the row, or inserts it if it is absent. Raises VaultUnavailableError, too.

        What nobody could undo is not written.
        """
        table = await self._store.table(TABLE)
        with _refusals_that_may_pass():
            sealed = await seal(text_of(phones), _place(request_key, phones.user_id), self._key_wrap)
        async with storage_faults():
            if anew:
                await table.upsert_entity(_row(request_key, phones, sealed), mode=UpdateMode.REPLACE)
                return
            try:
                await table.create_entity(_row(request_key, phones, sealed))
            except ResourceExistsError:
                return

    async def forget(self, request_key: str) -> None:
        """Deletes the row; once more does no harm."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            await table.delete_entity(hashed_key(request_key), _ROW)

    async def of(self, request_key: str) -> PreviousPhones | None:
        """Gives what was kept; None where nothing was, or its time is over. Raises UnreadableRowError."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            try:
                row = await table.get_entity(hashed_key(request_key), _ROW)
            except ResourceNotFoundError:
                return None
        if self._is_over(row["keptAt"]):
            return None
        with _refusals_that_may_pass():
            plain = await unseal(_sealed(row), _place(request_key, row["userId"]), self._key_wrap)
        phones = _phones(plain)
        # The column serves the purge; what counts is the encrypted time, which nobody can move.
        return None if self._is_over(phones.kept_at) else phones

    async def purge(self, before: datetime) -> int:
        """Deletes what was kept before a moment, and gives the number of rows."""
        table, purged = await self._store.table(TABLE), 0
        query, parameters = "keptAt lt @before", {"before": before}
        async with storage_faults():
            async for row in table.query_entities(query, parameters=parameters, select=["PartitionKey", "RowKey"]):
                await table.delete_entity(row["PartitionKey"], row["RowKey"])
                purged += 1
        return purged

    def _is_over(self, kept_at: datetime) -> bool:
        return self._clock.now() >= kept_at + self._retention


@contextmanager
def _refusals_that_may_pass() -> Iterator[None]:
    """Lets requests wait where the vault refuses: a role may still be granted, a key be enabled again."""
    problem: VaultUnavailableError
    try:
        yield
    except VaultRefusedError as fault:
        problem = VaultUnavailableError(str(fault))
    else:
        return
    raise problem from None


def _place(request_key: str, user_id: str) -> bytes:
    """Gives what binds the encrypted text to its row: moved to another request or user, it cannot be read."""
    return json.dumps([request_key, user_id]).encode()


def _row(request_key: str, phones: PreviousPhones, sealed: Sealed) -> dict[str, Any]:
    return {
        "PartitionKey": hashed_key(request_key),
        "RowKey": _ROW,
        "userId": phones.user_id,
        "keptAt": phones.kept_at,
        "keyId": sealed.key.key_id,
        "wrappedKey": sealed.key.wrapped,
        "nonce": sealed.nonce,
        "sealed": sealed.ciphertext,
    }


def _sealed(row: Mapping[str, Any]) -> Sealed:
    try:
        return Sealed(WrappedKey(row["keyId"], row["wrappedKey"]), row["nonce"], row["sealed"])
    except KeyError:
        raise UnreadableRowError from None


def _phones(plain: bytes) -> PreviousPhones:
    try:
        return phones_of(plain)
    except ValueError:
        message = "What a row keeps encrypted was written by another version of the product."
        raise UnreadableRowError(message) from None
