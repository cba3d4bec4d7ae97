"""What happens between a read and a write of the tables, and in the middle of a transaction."""

import asyncio
from dataclasses import replace

import pytest
from azure.data.tables import TableEntity
from azure.data.tables.aio import TableClient

from shared.errors import LedgerConflictError, MfaPhoneError
from shared.phone.phone_type import PhoneType
from shared.tables import watermarks
from shared.tables.ledger import TableLedger
from shared.tables.store import TableStore
from shared.tables.watermarks import TableWatermarks
from tests.contract.tables.test_ledger import ending, mark, new

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
# Table Storage takes 32 K characters in one property.
TOO_LONG = "x" * 40_000


async def test_an_outcome_whose_event_cannot_be_written_is_not_written_either(store: TableStore) -> None:
    ledger, key = TableLedger(store), "R-half"
    record = await ledger.claim(new(key))
    terminal, event = ending()
    with pytest.raises(MfaPhoneError):
        await ledger.finish(record, terminal, replace(event(key), body=TOO_LONG))
    assert not (await ledger.claim(new(key))).finished


async def test_of_two_that_have_read_the_same_watermark_one_sets_it(
    store: TableStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks, both_have_read = TableWatermarks(store), asyncio.Barrier(2)
    await marks.advance("race", PhoneType.MOBILE, mark(5), None)
    read = watermarks._row  # noqa: SLF001 - the moment between reading and writing

    async def read_together(table: TableClient, user_id: str, name: str) -> TableEntity | None:
        row = await read(table, user_id, name)
        await both_have_read.wait()
        return row

    monkeypatch.setattr(watermarks, "_row", read_together)
    advances = (marks.advance("race", PhoneType.MOBILE, mark(number), mark(5)) for number in (6, 7))
    answers = await asyncio.gather(*advances, return_exceptions=True)
    assert [type(answer) for answer in answers].count(LedgerConflictError) == 1
