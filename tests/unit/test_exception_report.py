"""Exceptions from policy are reported before they expire, once, and each to its owner."""

import json
import logging
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BusUnavailableError, DirectoryRefusedError, DirectoryUnavailableError
from shared.exception_report.ending import expired, expiring
from shared.exception_report.service import ExceptionReportService
from shared.messages.exception_event import exception_event
from shared.notify.mail import Mail
from shared.policy.load import LoadedPolicy
from tests.fakes.bus import MemoryEventSink
from tests.fakes.clock import START, MovedClock
from tests.fakes.ledger import MemoryNotificationLog
from tests.fakes.world import policy

TODAY = START.date()


def exception(name: str, days: int, **fields: Any) -> dict[str, Any]:
    """Gives an exception whose last day is so many days away."""
    return {
        "id": name,
        "codes": ["cool_down"],
        "requesters": ["night-shift"],
        "owner": f"{name}@contoso.example",
        "reason": "INC0012345",
        "expires": str(TODAY + timedelta(days=days)),
        **fields,
    }


def rules(*exceptions: dict[str, Any], **fields: Any) -> LoadedPolicy:
    return policy(exceptions=exceptions, **fields)


@dataclass
class Mailbox:
    """A mailbox in memory; faults are used up first, and some addresses are always refused."""

    sent: list[Mail] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    refused: tuple[str, ...] = ()

    async def send(self, mail: Mail) -> None:
        if mail.to in self.refused:
            raise DirectoryRefusedError(status=403, code="ErrorAccessDenied")
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append(mail)


@dataclass
class Report:
    """The report on fakes, which outlive its runs."""

    loaded: LoadedPolicy
    clock: MovedClock = field(default_factory=MovedClock)
    events: MemoryEventSink = field(default_factory=MemoryEventSink)
    mailbox: Mailbox = field(default_factory=Mailbox)
    log: MemoryNotificationLog = field(default_factory=MemoryNotificationLog)

    async def run(self) -> None:
        await ExceptionReportService(
            self.clock, self.loaded, self.events, self.mailbox, self.log, "/mfa-phone-change"
        ).report()

    @property
    def event_ids(self) -> list[str]:
        return [event.id for event in self.events.sent]

    @property
    def told(self) -> list[str]:
        return [mail.to for mail in self.mailbox.sent]


GOLDEN = Path(__file__).parent.parent / "golden" / "exception-event-1.0.json"


async def test_the_event_is_the_golden_one_of_schema_1_0() -> None:
    report = Report(rules(exception("board", 14)))
    await report.run()
    (event,) = report.events.sent
    assert json.loads(event.body) == json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert event.application_properties == {"outcome": "exception_expiring", "code": "exception_expiring"}


async def test_the_owner_is_told_by_mail_what_ends_and_what_to_do() -> None:
    report = Report(rules(exception("board", 3), serviceDesk={"name": "the desk", "contact": "desk.contoso.example"}))
    await report.run()
    (mail,) = report.mailbox.sent
    assert mail.to == "board@contoso.example"
    assert mail.subject == "An exception from the phone change policy ends on 26 November 2026"
    for words in ("board", "cool_down", "night-shift", "INC0012345", "desk.contoso.example", "It is still needed?"):
        assert words in mail.html


@pytest.mark.parametrize(("days", "told"), [(-1, 0), (0, 1), (14, 1), (15, 0)])
async def test_an_exception_is_told_from_the_notice_on_until_its_last_day(days: int, told: int) -> None:
    report = Report(rules(exception("board", days)))
    await report.run()
    assert (len(report.events.sent), len(report.mailbox.sent)) == (told, told)


async def test_daily_runs_tell_each_exception_once() -> None:
    report = Report(rules(exception("board", 20), exception("night", 3)))
    for _ in range(30):
        await report.run()
        report.clock.move(days=1)
    assert report.event_ids == ["exception:night:2026-11-26", "exception:board:2026-12-13"]
    assert report.told == ["night@contoso.example", "board@contoso.example"]


async def test_an_exception_that_was_put_off_is_told_again_before_its_new_end() -> None:
    report = Report(rules(exception("board", 3)))
    await report.run()
    report.loaded = rules(exception("board", 12))
    await report.run()
    assert report.event_ids == ["exception:board:2026-11-26", "exception:board:2026-12-05"]
    assert len(report.told) == 2


async def test_a_new_owner_is_told_and_the_event_is_not_sent_again() -> None:
    report = Report(rules(exception("board", 3)))
    await report.run()
    report.loaded = rules(exception("board", 3, owner="lea@contoso.example"))
    await report.run()
    assert len(report.events.sent) == 1
    assert report.told == ["board@contoso.example", "lea@contoso.example"]


async def test_a_refused_owner_keeps_no_other_owner_from_the_mail_and_is_tried_again() -> None:
    report = Report(rules(exception("first", 1), exception("second", 2)))
    report.mailbox.refused = ("first@contoso.example",)
    with pytest.raises(DirectoryRefusedError):
        await report.run()
    assert report.told == ["second@contoso.example"]
    assert len(report.events.sent) == 2
    report.mailbox.refused = ()
    await report.run()
    assert report.told == ["second@contoso.example", "first@contoso.example"]
    assert len(report.events.sent) == 2


async def test_an_outage_is_waited_for_and_nothing_is_told_twice() -> None:
    report = Report(rules(exception("first", 1), exception("second", 2)))
    report.events.faults = [BusUnavailableError()]
    report.mailbox.faults = [DirectoryUnavailableError(), DirectoryUnavailableError()]
    await report.run()
    assert len(report.clock.waits) == 3
    assert report.event_ids == ["exception:first:2026-11-24", "exception:second:2026-11-25"]
    assert report.told == ["first@contoso.example", "second@contoso.example"]


async def test_patience_ends_and_the_next_run_tells_it() -> None:
    report = Report(rules(exception("board", 3)))
    report.mailbox.faults = [DirectoryUnavailableError()] * 100
    with pytest.raises(DirectoryUnavailableError):
        await report.run()
    report.mailbox.faults = []
    await report.run()
    assert (len(report.events.sent), report.told) == (1, ["board@contoso.example"])


async def test_a_mark_that_cannot_be_written_does_not_send_the_mail_again() -> None:
    @dataclass
    class Forgetful(MemoryNotificationLog):
        faults: int = 2

        async def mark_sent(self, event_id: str, recipient: str) -> None:
            if self.faults:
                self.faults -= 1
                raise DirectoryUnavailableError
            await super().mark_sent(event_id, recipient)

    report = Report(rules(exception("board", 3)), log=Forgetful())
    await report.run()
    assert (len(report.events.sent), len(report.told)) == (1, 1)


async def test_the_log_warns_of_what_ends_and_names_what_has_ended(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    report = Report(rules(exception("board", 3), exception("old", -3), exception("far", 300)))
    await report.run()
    lines = [(record.levelno, record.getMessage()) for record in caplog.records if "shared." in record.name]
    assert lines == [
        (logging.INFO, "Exception old expired on 2026-11-20: it may be removed from policy."),
        (logging.WARNING, "Exception board expires: its last day is 2026-11-26."),
    ]


async def test_a_name_that_no_table_and_no_header_takes_is_told_all_the_same() -> None:
    report = Report(rules(exception("Führung / #1?", 3, owner="lea@contoso.example")))
    await report.run()
    assert report.event_ids == ["exception:Führung / #1?:2026-11-26"]
    keys = {key for key, _ in report.log.sent} | {mail.event_id for mail in report.mailbox.sent}
    assert all(key.isascii() and not set(key) & set("/\\#?") for key in keys)


async def test_a_number_in_the_reason_shows_neither_in_the_event_nor_in_the_mail() -> None:
    report = Report(rules(exception("board", 3, reason="asked for from +49 151 23456789")))
    await report.run()
    for text in (report.events.sent[0].body, report.mailbox.sent[0].html):
        assert "234567" not in text.replace(" ", "")


@given(st.lists(st.integers(-400, 400), unique=True, max_size=8), st.integers(0, 60))
def test_an_exception_is_either_over_or_soon_over_or_neither(days: list[int], notice: int) -> None:
    loaded = rules(*(exception(f"e{index}", each) for index, each in enumerate(days)), exceptionNotice=f"P{notice}D")
    over, soon = ([(each.expires - TODAY).days for each in found(loaded.rules, TODAY)] for found in (expired, expiring))
    assert sorted(over) == sorted(each for each in days if each < 0)
    assert soon == sorted(each for each in days if 0 <= each <= notice)


def test_copies_of_the_event_are_the_same_to_the_byte() -> None:
    (only,) = rules(exception("board", 3)).rules.exceptions
    first, second = (exception_event(only, source="/x", policy_version="1", at=START) for _ in range(2))
    assert first == second
    assert only.expires == date(2026, 11, 26)
