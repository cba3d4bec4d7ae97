"""The retention service purges every kind of record and tells a person what never finished."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from shared.retention import RetentionService
from tests.fakes.clock import START, MovedClock


@dataclass
class Kept:
    """Records of one kind, so many of them too old."""

    old: int
    asked: list[datetime] = field(default_factory=list)

    async def purge(self, before: datetime, /) -> int:
        self.asked.append(before)
        return self.old

    async def count_unfinished(self, accepted_before: datetime) -> int:
        return await self.purge(accepted_before)


def service(unfinished: int, *kept: Kept) -> RetentionService:
    return RetentionService(MovedClock(), kept, Kept(unfinished), timedelta(days=400))


async def test_every_kind_of_record_is_purged_by_the_same_retention() -> None:
    kinds = (Kept(1), Kept(0), Kept(5))
    assert await service(0, *kinds).purge() == 6
    assert [kind.asked for kind in kinds] == [[START - timedelta(days=400)]] * 3


@pytest.mark.parametrize("unfinished", [0, 3])
async def test_requests_that_never_finished_are_a_warning(caplog: pytest.LogCaptureFixture, unfinished: int) -> None:
    with caplog.at_level(logging.INFO):
        assert await service(unfinished, Kept(0)).purge() == 0
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [text.split(" ")[0] for text in warnings] == ["3"] * bool(unfinished)
