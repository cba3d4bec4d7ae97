"""What the demo runs on: read and checked before anything starts, and made where nothing was given."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from local.demo import report
from local.demo.company import Company, company_of, found_company
from local.demo.feed import FIELDS, Feed, FeedRequest, read_feed
from local.demo.feed_writer import HrFeed
from local.demo.folder import DemoFolder
from local.demo.hr_feed import plain_feed, written_feed
from local.demo.moves import Move
from local.demo.producer import outgoing
from local.demo.records import write_lines
from local.demo.run import DemoInput
from local.demo.second_person import DEMO_APPROVER, SecondPerson
from local.demo.telephony_forecast import Forecast, forecasts
from local.demo.todays_policy import todays_policy
from local.graph.faults import FaultBox
from local.graph.switches import switches_as_json
from local.graph.tenant.reading import read_tenant_file
from local.graph.tenant.writing import tenant_as_json
from local.serving import CannotStartError
from local.stack import DEFAULT_SENDER
from shared.policy.load import LoadedPolicy, load_policy

POLICY = Path(__file__).parent / "policy.json"
SEED = 20261123
# A request with an effective date beyond this is left on the queue.
LATEST_EFFECTIVE = timedelta(minutes=2)
_GRAPH = {"latencyMs": [5, 40], "seed": SEED}
_OLD_PASSWORD = "2020-01-01T00:00:00Z"  # noqa: S105 - a time, no password
# What happens in the demo's own story to a request that is held although nobody expected it.
_UNEXPECTED = (Move("security-desk"),)


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gave, read; None where they left it to the demo."""

    feed: Feed | None
    tenant: dict[str, Any] | None
    policy: Path
    now: datetime
    # Whether whatever is held is approved.
    approves: bool = False

    @classmethod
    def read(
        cls, feed: Path | None, tenant: Path | None, policy: Path, now: datetime, *, approves: bool = False
    ) -> "Given":
        """Reads the files. Raises CannotStartError or PolicyError."""
        with _told_in_a_sentence(policy):
            load_policy(policy)
        read = read_feed(feed, now) if feed else None
        return cls(read, tenant_as_given(tenant) if tenant else None, policy.resolve(), now, approves)

    @property
    def is_story(self) -> bool:
        """Whether people and feed are the demo's own."""
        return self.feed is None and self.tenant is None


def prepared(given: Given, folder: DemoFolder, seed: int, console: Console) -> DemoInput:
    """Makes what was not given, and writes into the folder what the run starts from.

    Raises CannotStartError where nothing is left that could be sent.
    """
    company = company_of(given.tenant) if given.tenant else found_company(seed)
    hr, feed, policy = HrFeed(), given.feed, _policy(given, folder)
    if feed is None:
        hr = _made_up(company, given, seed)
        feed = _written(hr, folder.feed, given.now)
    tenant = given.tenant or company.tenant(_GRAPH, hr.faults)
    _write_json(folder.tenant, tenant)
    if feed.faults:
        write_lines(folder.left_out, [{"line": fault.line, "reason": fault.reason} for fault in feed.faults])
    report.show_feed(console, feed)
    if not feed.requests:
        message = "No row of the feed can be sent."
        raise CannotStartError(message)
    return DemoInput(
        policy=policy,
        rules=load_policy(policy).rules,
        mail_sender=DEFAULT_SENDER,
        feed=feed,
        messages=outgoing(feed.requests, hr.raw, hr.after),
        person=_second_person(given, hr),
        too_late=sum(_too_late(request, given.now) for request in feed.requests),
        folder=folder,
        forecasts=_forecasts(given, tenant, feed, hr, load_policy(policy)),
        is_story=given.is_story,
    )


def _policy(given: Given, folder: DemoFolder) -> Path:
    """Gives the policy's file: as it was given, or the demo's own as of today."""
    if given.policy != POLICY.resolve():
        return given.policy
    _write_json(folder.policy, todays_policy(POLICY, given.now.date(), own_feed=not given.is_story))
    return folder.policy


def _second_person(given: Given, hr: HrFeed) -> SecondPerson:
    if given.is_story:
        return SecondPerson(hr.moves, _UNEXPECTED)
    return SecondPerson(
        {}, (Move(DEMO_APPROVER, reason="The demo approves whatever is held"),) if given.approves else ()
    )


def _forecasts(
    given: Given, tenant: dict[str, Any], feed: Feed, hr: HrFeed, policy: LoadedPolicy
) -> tuple[Forecast, ...]:
    bodies = {request.request_id: request.body for request in feed.requests}
    return forecasts([bodies[name] for name in hr.forecast], tenant, policy) if given.is_story else ()


def tenant_as_given(path: Path) -> dict[str, Any]:
    """Reads a tenant file, every fault told.

    Who has no `mail` is taken to have a mailbox under their name, and a password of unknown age for an old one.
    """
    with _told_in_a_sentence(path):
        file = read_tenant_file(path)
    tenant = {**tenant_as_json(file.tenant), "graph": {**switches_as_json(file.switches)}}
    tenant["graph"]["faults"] = FaultBox(file.faults).as_json()
    for user in tenant["users"]:
        user.setdefault("mail", user["userPrincipalName"])
        user.setdefault("lastPasswordChangeDateTime", _OLD_PASSWORD)
    return tenant


@contextmanager
def _told_in_a_sentence(path: Path) -> Iterator[None]:
    """Refuses JSON that Python itself gives up on: a number of 5,000 digits, 100,000 brackets, half a character."""
    try:
        yield
    except (ValueError, RecursionError) as fault:
        message = f"The file {path} cannot be used: {fault}."
        raise CannotStartError(message) from fault


def _made_up(company: Company, given: Given, seed: int) -> HrFeed:
    if not given.tenant:
        return written_feed(company, seed, given.now)
    hr = plain_feed(company, seed, given.now)
    if not hr.rows:
        message = (
            "The tenant has nobody to make up requests for, enabled and with a usageLocation: give a feed as well."
        )
        raise CannotStartError(message)
    return hr


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _written(hr: HrFeed, path: Path, now: datetime) -> Feed:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(hr.rows)
        # As exports end now and then.
        file.write("HR-2026-9999,set,cut off in the mid\n")
    return read_feed(path, now)


def _too_late(request: FeedRequest, now: datetime) -> bool:
    return request.effective_at is not None and request.effective_at - now > LATEST_EFFECTIVE
