"""What changes cost is computed from what was counted, and stands in the document as the command gives it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.cost import ALERTS, COUNTS, DOCUMENT, PRICES, cost_tables, main, ticks_a_day
from benchmarks.cost_model import Prices, change_lines, change_table, standing_lines
from benchmarks.cost_run import Counts, billed, counted
from benchmarks.ingestion import Ingested, seconds
from shared.document_tables import with_tables

CHANGE = {
    "executions": 2.0,
    "seconds": 3.0,
    "messagesSent": 1.0,
    "tableRequests": 30.0,
    "storedBytes": 5_000.0,
    "telemetryBytes": 24_000.0,
}
TICK = {"tableRequests": 16.0, "telemetryBytes": 2_000.0, "metricBytes": 8_000.0}


def prices() -> Prices:
    return Prices.of(json.loads(PRICES.read_text(encoding="utf-8")))


def amounts(lines: Any) -> Mapping[str, float]:
    return {line.price: line.amount for line in lines}


def test_the_documents_tables_are_those_of_the_command() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == with_tables(text, cost_tables(Counts.read(COUNTS), prices())), "python -m benchmarks.cost --write"


def test_a_change_is_two_executions_at_the_memory_of_an_instance() -> None:
    found = amounts(change_lines(CHANGE, 400))
    assert (found["functions.executions"], found["functions.gbSeconds"]) == (2.0, 6.0)


def test_messages_cost_an_operation_for_each_of_sending_receiving_completing_and_accepting_the_session() -> None:
    # The request: sent, session accepted, received, completed. The event: sent, and twice received and completed.
    assert amounts(change_lines(CHANGE, 400))["serviceBus.operations"] == 4 + 5


def test_rows_are_paid_for_as_long_as_they_are_kept() -> None:
    once, thrice = (amounts(change_lines(CHANGE, days))["tables.gbMonths"] for days in (30, 90))
    assert once == pytest.approx(5e-6)
    assert thrice == pytest.approx(3 * once)


def test_ten_thousand_changes_cost_ten_thousand_times_one() -> None:
    line = change_lines(CHANGE, 400)[0]
    assert line.usd(prices(), 10_000) == pytest.approx(20_000 * 0.4 / 1e6)
    assert "| function executions | 2 | 20,000 | counted | 0.01 |" in change_table([line], prices())


def test_timers_cost_a_second_each_even_where_nothing_is_to_be_done() -> None:
    found = amounts(standing_lines(TICK, {"outbox_schedule": 1_440.0, "purge_schedule": 1.0}, {"PT5M": 3}, 400))
    assert found["functions.executions"] == 1_441 * 30
    assert found["tables.requests"] == 1_440 * 30 * 16
    assert found["alerts.log.PT5M"] == 3


def test_a_nightly_sweep_is_paid_for_at_the_pace_of_its_setting() -> None:
    lines = standing_lines(TICK, {"outbox_schedule": 1_440.0}, {}, 400)
    assert lines[-1].amount == 100_000 / 400 * 10 * 30 * 2


def test_every_timer_of_the_settings_is_counted() -> None:
    found = ticks_a_day()
    assert found["outbox_schedule"] == 1_440
    assert found["sweep_resume_schedule"] == 288
    assert found["purge_schedule"] == 1


def test_every_alert_has_a_frequency_that_has_a_price() -> None:
    rules = json.loads(ALERTS.read_text(encoding="utf-8"))["log"]
    text = cost_tables(Counts.read(COUNTS), prices())["standing cost"]
    told = [int(row.split("|")[2]) for row in text.splitlines() if "log alert rules" in row]
    assert sum(told) == len(rules) > 0


def test_every_price_says_where_to_look_it_up_and_who_quotes_it_or_that_nobody_does() -> None:
    for entry in prices().entries:
        assert entry["page"].startswith("https://azure.microsoft.com/pricing/"), entry["id"]
        assert {"what", "per", "usd", "quotedBy"} <= entry.keys()


def test_a_price_that_is_not_in_the_file_is_told() -> None:
    with pytest.raises(KeyError):
        prices().of_one("gold")


@pytest.mark.parametrize(
    ("durations", "expected"), [([0.2], 1.0), ([1.0], 1.0), ([1.01], 1.1), ([1.3, 0.4], 2.3), ([], 0.0)]
)
def test_an_execution_is_billed_for_a_second_at_least_and_then_by_tenths(
    durations: list[float], expected: float
) -> None:
    assert billed(durations) == pytest.approx(expected)


def test_telemetry_is_counted_by_kind_name_and_size() -> None:
    request = {"data": {"baseType": "RequestData", "baseData": {"name": "process phone-changes", "duration": "x"}}}
    metric = {"data": {"baseType": "MetricData", "baseData": {"metrics": []}}}
    found = Ingested([request, request, metric])
    assert found.kinds() == {"RequestData": 2, "MetricData": 1}
    assert len(found.named("RequestData", "process ")) == 2
    assert found.named("RequestData", "send ") == []
    assert (found.bytes_of(metrics=False), found.bytes_of(metrics=True)) == (
        2 * len(json.dumps(request)),
        len(json.dumps(metric)),
    )


def test_a_duration_of_application_insights_is_read() -> None:
    assert seconds({"duration": "1.02:03:04.500"}) == 86_400 + 2 * 3_600 + 3 * 60 + 4.5


def test_a_file_that_is_missing_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--counts", str(tmp_path / "none.json")]) == 1
    assert capsys.readouterr().err.startswith("The costs cannot be told: ")


@pytest.mark.long
async def test_a_run_counts_what_is_kept(tmp_path: Path) -> None:
    """Guards against a bill that the code has outgrown: one more call in a change shows here."""
    kept, found = Counts.read(COUNTS), await counted(6, tmp_path)
    for name in ("executions", "messagesSent", "graphReads", "graphWrites"):
        assert found.per_change[name] == pytest.approx(kept.per_change[name]), name
    for name in ("tableRequests", "telemetryBytes"):
        assert found.per_change[name] == pytest.approx(kept.per_change[name], rel=0.15), name
