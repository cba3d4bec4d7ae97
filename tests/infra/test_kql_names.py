"""Every name in a query is one that the code gives to a span, a metric or an attribute, and one that arrives."""

import json
import re

import pytest
from azure.monitor.opentelemetry.exporter.export.trace import _exporter as azure_exporter

from shared import errors
from shared.approval_codes import ApprovalCode
from shared.codes import Code
from shared.errors import TransientError
from shared.graph.permissions import ENDPOINTS
from shared.outcome import Outcome
from shared.sweep_report import metrics as sweep
from shared.telemetry import names
from shared.telemetry.changes import reason_of
from tests.infra.queries import BICEP, ROOT, SPANS, Query, all_queries

_CONSTANTS = {value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)}
_SWEEP = {value for name, value in vars(sweep).items() if name.isupper() and isinstance(value, str)}
_SWEEP_METRICS = {"findings", "people", "known_share", "phone_only", "calls", "throttled", "duration", "runs"}
_BUS = json.loads((BICEP / "service-bus.json").read_text(encoding="utf-8"))
_DESTINATIONS = {entity["name"] for entity in [*_BUS["queues"], *_BUS["topics"]]}
_FUNCTION = re.compile(r'@bp\.function_name\(name="(\w+)"\)')
_FUNCTIONS = {
    name for file in (ROOT / "functions").glob("*.py") for name in _FUNCTION.findall(file.read_text(encoding="utf-8"))
}
_SPANS = {f"{names.RUN} {function}" for function in _FUNCTIONS} | {f"{names.PROCESS} {one}" for one in _DESTINATIONS}
# What a name may begin or end with, beside the whole ones.
_PARTS = {
    f"{names.PROCESS} ",
    f"{names.SEND} ",
    f"{names.RUN} ",
    names.STEP_PREFIX,
    "GET ",
    f"{names.PROCESS} phone-changes",
}
_ENDS = {"/$deadletterqueue"}
QUERIES = all_queries()
each_query = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.place)


def _known_names() -> set[str]:
    metrics = {name for name in _CONSTANTS if "." in name} | {f"mfaphone.sweep.{one}" for one in _SWEEP_METRICS}
    return metrics | _SPANS | _PARTS | _ENDS


def _unknown_keys(query: Query) -> set[str]:
    return query.keys - _CONSTANTS - _SWEEP


def _lost_keys(query: Query) -> set[str]:
    """Gives what the exporter takes out of a span; of a metric it keeps everything."""
    if not query.tables & SPANS or "AppMetrics" in query.tables:
        return set()
    return {key for key in query.keys if azure_exporter._is_standard_attribute(key)}  # noqa: SLF001 - what it drops is not told otherwise


@each_query
def test_every_attribute_of_a_query_is_one_that_the_code_sets(query: Query) -> None:
    assert _unknown_keys(query) == set()


@each_query
def test_every_metric_and_span_of_a_query_is_one_that_the_code_makes(query: Query) -> None:
    assert query.names - _known_names() == set()


@each_query
def test_no_query_asks_a_span_for_an_attribute_that_azure_monitor_does_not_get(query: Query) -> None:
    assert _lost_keys(query) == set()


def test_every_code_of_a_query_is_one_of_the_products() -> None:
    known = {*map(str, Code), *map(str, ApprovalCode), *map(str, Outcome)}
    asked = r'"mfaphone\.(?:code|outcome)"\]\)\s*(?:==|in)\s*(\([^)]*\)|"[^"]*")'
    found = {word for query in QUERIES for group in re.findall(asked, query.text) for word in re.findall(r"\w+", group)}
    assert len(found) > 10
    assert found <= known


def test_every_reason_to_wait_in_a_query_is_the_word_of_a_fault_that_passes() -> None:
    faults = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, TransientError)]
    asked = r'"mfaphone\.reason"\]\)\s*(?:==|in)\s*(\([^)]*\)|"[^"]*")'
    found = {word for query in QUERIES for group in re.findall(asked, query.text) for word in re.findall(r"\w+", group)}
    assert found
    assert found <= {reason_of(each()) for each in (*faults, TimeoutError)}


def test_the_endpoint_of_mails_ends_as_the_runbook_about_them_asks() -> None:
    asked = [query for query in QUERIES if 'endswith "sendMail"' in query.text]
    assert [query.place for query in asked] == ["docs/runbooks/mails-refused.md"]
    assert any(endpoint.path.endswith("/sendMail") for endpoint in ENDPOINTS)


def test_no_query_reads_a_table_of_the_whole_tenant_or_of_another_workspace() -> None:
    assert [query.place for query in QUERIES if re.search(r"\b(workspace|app|resource)\(", query.text)] == []


@pytest.mark.parametrize("text", ['Properties["mfaphone.cod"]', "Properties.cod", "Properties['mfaphone.cod']"])
def test_a_misspelt_attribute_is_found(text: str) -> None:
    assert _unknown_keys(Query("x", f"AppMetrics | extend Code = tostring({text})")) != set()


def test_a_misspelt_metric_is_found() -> None:
    assert Query("x", 'AppMetrics | where Name in ("mfaphone.brake.engage", "run x")').names - _known_names() != set()


def test_an_attribute_that_the_exporter_drops_is_found() -> None:
    assert _lost_keys(Query("x", 'AppRequests | where Properties["messaging.destination.name"] == "x"')) != set()
