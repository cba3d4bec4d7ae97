"""What changes cost: counts of a run, times dated list prices. Pure; every figure says whether it was counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from shared.document_tables import Row, markdown

CHANGES: Final = 10_000
# What an instance has (`instanceMemoryMB`), in GB; Flex Consumption bills it as a whole.
MEMORY_GB: Final = 2.0
# What the Functions host itself tells of an execution, a request and two lines of log: assumed.
HOST_BYTES: Final = 3_000
# A message is sent, received and completed; a session is accepted before it, and an audit subscriber takes a copy.
_TO_PROCESS: Final = 2
_SESSION: Final = 1
_AUDIT_COPY: Final = 2
_SENT_BY_PRODUCER: Final = 1
# A timer's tick is over within the second that is the least to be billed.
_TICK_SECONDS: Final = 1.0
_DAYS: Final = 30
_HOURS: Final = 24
_GB: Final = 1e9
_SWEPT: Final = 100_000
_SELDOM: Final = 15
_OR_MORE_SELDOM: Final = " or more seldom"
_HEAD: Final = ("what", "one change", "10,000 changes", "where the figure comes from", "USD")
_STANDING_HEAD: Final = ("what", "30 days", "where the figure comes from", "USD")


@dataclass(frozen=True, slots=True)
class Prices:
    """Dated list prices by id."""

    as_of: str
    region: str
    note: str
    entries: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Prices":
        """Reads the content of a price file."""
        return cls(told["asOf"], told["region"], told["note"], told["prices"])

    def of_one(self, name: str) -> float:
        """Gives the price of one unit in US dollars. Raises KeyError."""
        for entry in self.entries:
            if entry["id"] == name:
                return float(entry["usd"]) / float(entry["per"])
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill: an amount of something that has a price."""

    what: str
    amount: float
    source: str
    price: str

    def usd(self, prices: Prices, times: int = 1) -> float:
        """Gives what it costs, so many times."""
        return self.amount * times * prices.of_one(self.price)


def change_lines(change: Mapping[str, float], retention_days: int) -> tuple[Line, ...]:
    """Gives what one change takes, from what was counted of it."""
    deliveries, months = change["executions"], retention_days / _DAYS
    operations = (
        _SENT_BY_PRODUCER
        + change["messagesSent"]
        + deliveries * _TO_PROCESS
        + _SESSION
        + change["messagesSent"] * _AUDIT_COPY
    )
    telemetry = change["telemetryBytes"] + deliveries * HOST_BYTES
    return (
        Line("function executions", deliveries, "counted", "functions.executions"),
        Line(
            "GB-s, no two executions at once",
            change["seconds"] * MEMORY_GB,
            "counted, at an assumed latency of Graph",
            "functions.gbSeconds",
        ),
        Line(
            "Service Bus operations", operations, "derived from the messages that were counted", "serviceBus.operations"
        ),
        Line("requests to Table Storage", change["tableRequests"], "counted", "tables.requests"),
        Line(
            f"GB and months of rows, {retention_days} days",
            change["storedBytes"] / _GB * months,
            "counted",
            "tables.gbMonths",
        ),
        Line(
            "Key Vault operations", 1.0, "derived: one key is wrapped for a change that replaces", "keyVault.advanced"
        ),
        Line("GB of telemetry", telemetry / _GB, "counted as it is sent; what the host adds is assumed", "logs.gb"),
    )


def standing_lines(
    tick: Mapping[str, float], ticks: Mapping[str, float], alerts: Mapping[str, int], reads_per_10_s: int
) -> tuple[Line, ...]:
    """Gives what 30 days cost without a single change; `ticks` are those of each timer in a day."""
    executions, minutes = sum(ticks.values()) * _DAYS, ticks["outbox_schedule"] * _DAYS
    telemetry = minutes * (tick["telemetryBytes"] + tick["metricBytes"]) + executions * HOST_BYTES
    swept = _SWEPT / reads_per_10_s * 10 * _DAYS * MEMORY_GB
    return (
        Line("Service Bus Standard, hours", _DAYS * _HOURS, "derived", "serviceBus.baseHours"),
        Line("executions of timers", executions, "derived from the schedules", "functions.executions"),
        Line(
            "GB-s of timers",
            executions * _TICK_SECONDS * MEMORY_GB,
            "derived: a second each, the least that is billed",
            "functions.gbSeconds",
        ),
        Line("requests to Table Storage", minutes * tick["tableRequests"], "counted for one tick", "tables.requests"),
        Line("GB of telemetry", telemetry / _GB, "counted for one tick; what the host adds is assumed", "logs.gb"),
        *(
            Line(
                f"log alert rules, every {_minutes(every)}",
                count,
                "counted in bicep/alerts.json",
                f"alerts.log.{every}",
            )
            for every, count in sorted(alerts.items(), key=lambda entry: _minutes_of(entry[0]))
        ),
        Line(
            f"GB-s of a sweep of {_SWEPT:,} people each night",
            swept,
            "derived: everybody is read one by one",
            "functions.gbSeconds",
        ),
    )


def change_table(lines: Sequence[Line], prices: Prices) -> str:
    """Gives the bill of 10,000 changes as Markdown."""
    rows = [
        (line.what, _told(line.amount), _told(line.amount * CHANGES), line.source, _usd(line.usd(prices, CHANGES)))
        for line in lines
    ]
    total = sum(line.usd(prices, CHANGES) for line in lines)
    return markdown(_HEAD, [*rows, ("**all**", "", "", "", f"**{_usd(total)}**")])


def standing_table(lines: Sequence[Line], prices: Prices) -> str:
    """Gives the bill of 30 days without a change as Markdown."""
    rows = [(line.what, _told(line.amount), line.source, _usd(line.usd(prices))) for line in lines]
    total = sum(line.usd(prices) for line in lines)
    return markdown(_STANDING_HEAD, [*rows, ("**all**", "", "", f"**{_usd(total)}**")])


def price_table(prices: Prices) -> str:
    """Gives the price list as Markdown."""
    rows: Iterable[Row] = (
        (
            entry["what"],
            f"{Decimal(str(entry['usd'])):f} per {entry['per']:,}",
            entry["quotedBy"] or "not found in a document",
            f"[Microsoft's page]({entry['page']})",
        )
        for entry in prices.entries
    )
    return markdown(("what", f"USD, {prices.region}, {prices.as_of}", "quoted by", "look it up"), rows)


def _minutes_of(duration: str) -> int:
    """Gives the minutes of the frequencies that have a price, such as PT15M."""
    return int(duration.removeprefix("PT").removesuffix("M"))


def _minutes(duration: str) -> str:
    count = _minutes_of(duration)
    return "minute" if count == 1 else f"{count} minutes{_OR_MORE_SELDOM if count == _SELDOM else ''}"


def _told(amount: float) -> str:
    """Writes an amount with three digits that matter."""
    return f"{amount:,.0f}" if amount >= CHANGES else f"{Decimal(f'{amount:.3g}'):f}"


def _usd(amount: float) -> str:
    return f"{amount:,.2f}"
