"""The state storage of a watched world: the memory twins, and the rows that the real adapters write."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azure.core.exceptions import ResourceNotFoundError

from shared.brake_state import BrakeState, Entry
from shared.change_history import NotedChange
from shared.history_ports import PreviousPhones
from shared.messages.completion_event import CompletionEvent
from shared.phone.phone_type import PhoneType
from shared.plan import Watermark
from shared.record import Ending, Intent, NewRecord, Record
from shared.request_hold import HoldDecision, RequestHold
from shared.tables.brake import TableBrakeLog
from shared.tables.change_history import TableChangeHistory
from shared.tables.ledger import TableLedger
from shared.tables.notifications import TableNotificationLog
from shared.tables.number_index import TableNumberIndex
from shared.tables.previous_numbers import TablePreviousNumbers
from shared.tables.waiting import TableWaitingRequests
from shared.tables.watermarks import TableWatermarks
from shared.vault.key_wrap import WrappedKey
from tests.fakes.history import MemoryChangeHistory, MemoryNumberIndex, MemoryPreviousNumbers
from tests.fakes.ledger import (
    MemoryBrakeLog,
    MemoryLedger,
    MemoryNotificationLog,
    MemoryWaitingRequests,
    MemoryWatermarks,
)


@dataclass
class NotedTable:
    """A table that takes every row, and never knows one."""

    rows: list[str]

    async def get_entity(self, *_: object, **__: object) -> None:
        raise ResourceNotFoundError

    async def create_entity(self, entity: dict[str, Any]) -> dict[str, str]:
        self.rows.append(repr(entity))
        return {"etag": "1"}

    async def update_entity(self, entity: dict[str, Any], **_: object) -> dict[str, str]:
        return await self.create_entity(entity)

    async def upsert_entity(self, entity: dict[str, Any], **_: object) -> dict[str, str]:
        return await self.create_entity(entity)

    async def submit_transaction(self, operations: list[tuple[Any, ...]]) -> list[dict[str, str]]:
        self.rows.extend(repr(operation[1]) for operation in operations)
        return [{"etag": "1"}] * len(operations)


@dataclass
class NotedStore:
    """Opens that table under every name."""

    rows: list[str]

    async def table(self, _: str) -> NotedTable:
        return NotedTable(self.rows)


class NotedLedger(MemoryLedger):
    """The memory ledger, and the rows of the real one."""

    real: TableLedger

    async def claim(self, new: NewRecord) -> Record:
        await self.real.claim(new)
        return await super().claim(new)

    async def note_intent(self, record: Record, intent: Intent | None) -> Record:
        await self.real.note_intent(record, intent)
        return await super().note_intent(record, intent)

    async def finish(self, record: Record, ending: Ending, event: CompletionEvent) -> None:
        await self.real.finish(record, ending, event)
        await super().finish(record, ending, event)

    async def hold(self, record: Record, hold: RequestHold, event: CompletionEvent) -> Record:
        await self.real.hold(record, hold, event)
        return await super().hold(record, hold, event)

    async def decide_hold(self, record: Record, decision: HoldDecision) -> Record:
        await self.real.decide_hold(record, decision)
        return await super().decide_hold(record, decision)

    async def mark_parked(self, record: Record) -> None:
        await self.real.mark_parked(record)
        await super().mark_parked(record)


class NotedWatermarks(MemoryWatermarks):
    """The memory watermarks, and the rows of the real ones."""

    real: TableWatermarks

    async def advance(self, user_id: str, phone_type: PhoneType, mark: Watermark, expected: Watermark | None) -> None:
        await self.real.advance(user_id, phone_type, mark, None)
        await super().advance(user_id, phone_type, mark, expected)

    async def hold(self, user_id: str, holder: str, until: datetime, now: datetime) -> bool:
        await self.real.hold(user_id, holder, until, now)
        return await super().hold(user_id, holder, until, now)


class NotedWaitingRequests(MemoryWaitingRequests):
    """The memory notes of what waits, and the rows of the real ones."""

    real: TableWaitingRequests

    async def note(self, user_key: str, sequence: int, phone_types: tuple[PhoneType, ...], attempt: int) -> None:
        await self.real.note(user_key, sequence, phone_types, attempt)
        await super().note(user_key, sequence, phone_types, attempt)


class NotedBrakeLog(MemoryBrakeLog):
    """The memory brake, and the rows of the real one."""

    real: TableBrakeLog

    async def put(self, state: BrakeState) -> BrakeState:
        await self.real.put(state)
        return await super().put(state)

    async def record(self, entry: Entry) -> None:
        await self.real.record(entry)
        await super().record(entry)


class NotedMailLog(MemoryNotificationLog):
    """The memory log of mails, and the rows of the real one."""

    real: TableNotificationLog

    async def mark_sent(self, event_id: str, recipient: str) -> None:
        await self.real.mark_sent(event_id, recipient)
        await super().mark_sent(event_id, recipient)


class NotedChangeHistory(MemoryChangeHistory):
    """The memory history, and the rows of the real one."""

    real: TableChangeHistory

    async def note(self, change: NotedChange) -> None:
        await self.real.note(change)
        await super().note(change)


class NotedNumberIndex(MemoryNumberIndex):
    """The memory index, and the rows of the real one."""

    real: TableNumberIndex

    async def note(self, number_hash: str, user_id: str, phone_type: PhoneType, at: datetime) -> None:
        await self.real.note(number_hash, user_id, phone_type, at)
        await super().note(number_hash, user_id, phone_type, at)


class NotedPreviousNumbers(MemoryPreviousNumbers):
    """The memory of previous numbers, and the rows of the real one."""

    real: TablePreviousNumbers

    async def keep(self, request_key: str, phones: PreviousPhones, *, anew: bool) -> None:
        await self.real.keep(request_key, phones, anew=anew)
        await super().keep(request_key, phones, anew=anew)


class PlainKeyWrap:
    """Wraps nothing: even so a row must show no number, because it is the row's own key that encrypts it."""

    async def wrap(self, data_key: bytes) -> WrappedKey:
        return WrappedKey("plain", data_key)

    async def unwrap(self, key: WrappedKey) -> bytes:
        return key.wrapped

    async def close(self) -> None:
        """Has nothing to close."""
