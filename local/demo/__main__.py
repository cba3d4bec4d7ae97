"""`python -m local.demo`: an HR feed becomes changed phone numbers, completion events and mails, on this machine."""

import argparse
import asyncio
import csv
import json
import logging
import shutil
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from local.demo.accounting import Account
from local.demo.company import company_of, found_company
from local.demo.feed import FIELDS, Feed, FeedRequest, read_feed
from local.demo.feed_writer import HrFeed
from local.demo.hr_feed import plain_feed, written_feed
from local.demo.producer import outgoing
from local.demo.run import DemoInput, run_demo
from local.graph.faults import FaultBox
from local.graph.switches import switches_as_json
from local.graph.tenant.reading import read_tenant_file
from local.graph.tenant.writing import tenant_as_json
from local.serving import EXIT_CANNOT_START, CannotStartError
from local.stack import DEFAULT_SENDER, ROOT
from shared.errors import PolicyError
from shared.policy.load import load_policy

FOLDER = ROOT / ".local" / "demo"
POLICY = Path(__file__).parent / "policy.json"
EXIT_LOST = 1
EXIT_STOPPED = 130
_SEED = 20261123
# A request with an effective date beyond this is left on the queue.
LATEST_EFFECTIVE = timedelta(minutes=2)
_GRAPH = {"latencyMs": [5, 40], "seed": _SEED}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the demo and gives its exit status: 0 when every request reached an outcome and nothing was lost."""
    told = _parser().parse_args(arguments)
    console = Console()
    # What the SDK thinks of a connection that ends with the demo is of no interest on the screen.
    logging.getLogger("azure").setLevel(logging.CRITICAL)
    try:
        given = _prepared(told)
        account = Account.of(given.messages, datetime.now(UTC))
        return 0 if asyncio.run(_run(given, console, account)) else EXIT_LOST
    except (CannotStartError, PolicyError) as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - one sentence for the person at the terminal
        return EXIT_CANNOT_START
    except OSError as fault:
        print(f"The demo stopped: {fault.strerror or fault}: {fault.filename or ''}", file=sys.stderr)  # noqa: T201 - as above
        return EXIT_CANNOT_START
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("Stopped; nothing is left running.", file=sys.stderr)  # noqa: T201 - as above
        return EXIT_STOPPED


async def _run(given: DemoInput, console: Console, account: Account) -> bool:
    """Runs the demo so that SIGTERM ends it as Ctrl-C does: everything that was started is stopped."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in a task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await run_demo(given, console, account)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make demo", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("--feed", type=Path, metavar="FILE", help="HR feed, .csv or .jsonl (docs/feed.md)")
    parser.add_argument(
        "--tenant", type=Path, metavar="FILE", help="tenant of Graph-shaped users (docs/tenant-file.md)"
    )
    parser.add_argument("--policy", type=Path, default=POLICY, metavar="FILE", help="policy file (default %(default)s)")
    parser.add_argument("--folder", type=Path, default=FOLDER, metavar="DIR", help="outputs (default %(default)s)")
    parser.add_argument("--seed", type=int, default=_SEED, help="draws the people and the requests")
    return parser


def _prepared(told: argparse.Namespace) -> DemoInput:
    """Reads and checks what was given and writes what was not. Raises CannotStartError or PolicyError."""
    load_policy(told.policy)
    now, folder = datetime.now(UTC), told.folder.resolve()
    feed = read_feed(told.feed, now) if told.feed else None
    tenant = tenant_as_given(told.tenant) if told.tenant else None
    _empty(folder, keep=[path for path in (told.feed, told.tenant) if path])
    company = company_of(tenant) if tenant else found_company(told.seed)
    hr = HrFeed()
    if feed is None:
        hr = (plain_feed if tenant else written_feed)(company, told.seed, now)
        feed = _written(hr, folder / "feed.csv", now)
    tenant_file = folder / "tenant.json"
    _write_json(tenant_file, tenant or company.tenant(_GRAPH, hr.faults))
    return DemoInput(
        tenant=tenant_file,
        policy=told.policy.resolve(),
        mail_sender=DEFAULT_SENDER,
        feed=feed,
        messages=outgoing(feed.requests, hr.raw),
        too_late=sum(_too_late(request, now) for request in feed.requests),
        folder=folder,
    )


def tenant_as_given(path: Path) -> dict[str, Any]:
    """Reads a tenant file, every fault told; who has no `mail` field is taken to have a mailbox under their name."""
    file = read_tenant_file(path)
    tenant = {**tenant_as_json(file.tenant), "graph": {**switches_as_json(file.switches)}}
    tenant["graph"]["faults"] = FaultBox(file.faults).as_json()
    for user in tenant["users"]:
        user.setdefault("mail", user["userPrincipalName"])
    return tenant


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


def _empty(folder: Path, keep: Sequence[Path]) -> None:
    """Clears what an earlier run left, but not what this one is to read."""
    kept = {path.resolve() for path in keep}
    folder.mkdir(parents=True, exist_ok=True)
    for entry in folder.iterdir():
        if entry.resolve() in kept:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


if __name__ == "__main__":
    sys.exit(main())
