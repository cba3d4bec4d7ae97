"""Says what 10,000 changes cost, and why: `python -m benchmarks.cost`. `count` counts anew on this machine's Azure."""

import argparse
import asyncio
import json
import logging
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.cost_model import Prices, change_lines, change_table, price_table, standing_lines, standing_table
from benchmarks.cost_run import Counts, counted
from local.children import ProgramEndedError
from local.host.ncrontab import CronSchedule
from local.serving import CannotStartError
from shared.document_tables import with_tables
from shared.settings import Settings

ROOT: Final = Path(__file__).parent.parent
COUNTS: Final = ROOT / "benchmarks" / "cost_counts.json"
PRICES: Final = ROOT / "benchmarks" / "cost_prices.json"
ALERTS: Final = ROOT / "bicep" / "alerts.json"
DOCUMENT: Final = ROOT / "docs" / "operations.md"
EXIT_WRONG: Final = 1
_CHANGES: Final = 20
_SCHEDULE: Final = "_schedule"
# Frequencies that have a price of their own; what runs more seldom costs what the last one does.
_FREQUENCIES: Final = ("PT1M", "PT5M", "PT10M")
_SELDOM: Final = "PT15M"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the bill, writes it into a document, or counts anew."""
    told = _parser().parse_args(arguments)
    try:
        if told.command == "count":
            return _count(told.changes, told.counts)
        tables = cost_tables(Counts.read(told.counts), _prices(told.prices))
        if told.write:
            told.write.write_text(with_tables(told.write.read_text(encoding="utf-8"), tables), encoding="utf-8")
        else:
            print("\n\n".join(tables.values()))  # noqa: T201 - for the person at the terminal
    except (CannotStartError, ProgramEndedError, TimeoutError, OSError, ValueError, KeyError) as fault:
        print(f"The costs cannot be told: {fault}", file=sys.stderr)  # noqa: T201 - for the person at the terminal
        return EXIT_WRONG
    return 0


def cost_tables(counts: Counts, prices: Prices) -> dict[str, str]:
    """Gives the document's tables by the name that their markers carry."""
    changes = change_lines(counts.per_change, _default("ledger_retention_days"))
    standing = standing_lines(counts.per_tick, ticks_a_day(), _alerts(), _default("sweep_reads_per_10_s"))
    return {
        "cost": change_table(changes, prices),
        "standing cost": standing_table(standing, prices),
        "prices": price_table(prices),
    }


def ticks_a_day() -> Mapping[str, float]:
    """Gives how often each timer fires in a day, by the defaults of the settings."""
    names = [name for name in Settings.model_fields if name.endswith(_SCHEDULE)]
    return {name: _ticks(Settings.model_fields[name].default) for name in names}


def _ticks(schedule: str) -> float:
    day = datetime(2026, 12, 1, tzinfo=UTC)
    moment, count = CronSchedule(schedule).next_after(day - timedelta(seconds=1)), 0
    while moment < day + timedelta(days=1):
        moment, count = CronSchedule(schedule).next_after(moment), count + 1
    return float(count)


def _alerts() -> Counter[str]:
    """Counts the log alert rules by the frequency that they are billed as."""
    rules = json.loads(ALERTS.read_text(encoding="utf-8"))["log"]
    return Counter(rule["frequency"] if rule["frequency"] in _FREQUENCIES else _SELDOM for rule in rules)


def _default(name: str) -> int:
    return int(Settings.model_fields[name].default)


def _prices(path: Path) -> Prices:
    return Prices.of(json.loads(path.read_text(encoding="utf-8")))


def _count(changes: int, kept: Path) -> int:
    for name in ("azure", "shared", "uamqp"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    print(f"{changes} changes are made, one after the other, on this machine's Azure.", flush=True)  # noqa: T201 - as above
    with TemporaryDirectory(prefix="cost-") as folder:
        counts = asyncio.run(counted(changes, Path(folder)))
    text = json.dumps(counts.as_json(), indent=2) + "\n"
    kept.write_text(text, encoding="utf-8")
    print(text, end="")  # noqa: T201 - as above
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost", description=(__doc__ or "").split(":")[0] + ".")
    parser.add_argument(
        "command",
        nargs="?",
        choices=("tell", "count"),
        default="tell",
        help="tell: the bill, from what was counted; count: count anew, in two minutes (default %(default)s)",
    )
    parser.add_argument(
        "--changes", type=_at_least_one, default=_CHANGES, metavar="N", help="count so many (default %(default)s)"
    )
    parser.add_argument(
        "--counts", type=Path, default=COUNTS, metavar="FILE", help="what was counted; `count` writes it anew"
    )
    parser.add_argument("--prices", type=Path, default=PRICES, metavar="FILE", help="your own prices")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", nargs="?", const=DOCUMENT, help="put the tables into a document"
    )
    return parser


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())
