"""Who has which number, in Table Storage: a partition per keyed hash, a row per user and phone type.

Nothing is purged by age: a note must live as long as somebody has the number, and that may be for ever. It goes when
the number is replaced or removed, or when the directory is asked and no longer has it: by `forget` alone. So the table
grows with the numbers in use, not with the changes.
"""

import asyncio
from datetime import datetime

from azure.data.tables import UpdateMode

from shared.history_ports import NumberHolder
from shared.phone.phone_type import PhoneType
from shared.tables.store import TableStore, storage_faults

TABLE = "numberindex"


class TableNumberIndex:
    """Notes of numbers that this product gave to users; it is told hashes only."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def holders(self, number_hashes: tuple[str, ...]) -> tuple[NumberHolder, ...]:
        """Gives the users noted for a number, each once, the youngest note first; the hashes are one number's."""
        found = [note for notes in await asyncio.gather(*map(self._notes, number_hashes)) for note in notes]
        youngest: dict[str, datetime] = {}
        for user_id, noted_at in found:
            youngest[user_id] = max(noted_at, youngest.get(user_id, noted_at))
        holders = [NumberHolder(user_id, noted_at) for user_id, noted_at in sorted(youngest.items())]
        return tuple(sorted(holders, key=lambda holder: holder.noted_at, reverse=True))

    async def note(self, number_hash: str, user_id: str, phone_type: PhoneType, at: datetime) -> None:
        """Notes that a user has, or is about to have, a number; once more makes the note younger."""
        table = await self._store.table(TABLE)
        row = {
            "PartitionKey": number_hash,
            "RowKey": _row_key(user_id, phone_type),
            "userId": user_id,
            "phoneType": phone_type.value,
            "notedAt": at,
        }
        async with storage_faults():
            await table.upsert_entity(row, mode=UpdateMode.REPLACE)

    async def forget(self, number_hashes: tuple[str, ...], user_id: str, phone_type: PhoneType | None = None) -> None:
        """Takes a user's notes for a number back, of one phone type or of all; once more does no harm."""
        table = await self._store.table(TABLE)
        types = (phone_type,) if phone_type else tuple(PhoneType)
        async with storage_faults():
            for number_hash in number_hashes:
                for name in types:
                    await table.delete_entity(number_hash, _row_key(user_id, name))

    async def _notes(self, number_hash: str) -> list[tuple[str, datetime]]:
        table = await self._store.table(TABLE)
        query, parameters = "PartitionKey eq @hash", {"hash": number_hash}
        async with storage_faults():
            return [(row["userId"], row["notedAt"]) async for row in table.query_entities(query, parameters=parameters)]


def _row_key(user_id: str, phone_type: PhoneType) -> str:
    return f"{user_id}~{phone_type.value}"
