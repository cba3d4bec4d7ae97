"""The retention service purges every kind of record and tells a person what never finished."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from shared.policy.tripwires import Limit
from shared.retention import HISTORY_RETENTION, Retained, RetentionService
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


LEDGER = timedelta(days=400)


def service(unfinished: Kept, *kept: Retained) -> RetentionService:
    return RetentionService(MovedClock(), kept, unfinished, LEDGER)


async def test_every_kind_of_record_is_purged_by_a_retention_of_its_own() -> None:
    kinds, days = (Kept(1), Kept(0), Kept(5)), (400, 31, 30)
    kept = [Retained(kind, timedelta(days=each)) for kind, each in zip(kinds, days, strict=True)]
    unfinished = Kept(0)
    assert await service(unfinished, *kept).purge() == 6
    assert [kind.asked for kind in kinds] == [[START - timedelta(days=each)] for each in days]
    assert unfinished.asked == [START - LEDGER]


def test_the_history_outlives_the_longest_window_that_policy_may_ask_about() -> None:
    assert timedelta(days=30, hours=1) < HISTORY_RETENTION
    longest = HISTORY_RETENTION - timedelta(hours=24)
    assert Limit(changes=1, window=longest).window == longest
    with pytest.raises(ValidationError):
        Limit(changes=1, window=longest + timedelta(seconds=1))


@pytest.mark.parametrize("unfinished", [0, 3])
async def test_requests_that_never_finished_are_a_warning(caplog: pytest.LogCaptureFixture, unfinished: int) -> None:
    with caplog.at_level(logging.INFO):
        assert await service(Kept(unfinished), Retained(Kept(0), LEDGER)).purge() == 0
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [text.split(" ")[0] for text in warnings] == ["3"] * bool(unfinished)
