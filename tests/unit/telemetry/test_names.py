"""Names are those of OpenTelemetry's semantic conventions, as its own package has them, or begin with ours."""

import re

import pytest
from opentelemetry.semconv import attributes, metrics
from opentelemetry.semconv._incubating import attributes as incubating_attributes
from opentelemetry.semconv._incubating import metrics as incubating_metrics

from shared.telemetry import names
from tests.unit.telemetry.conventions import words_of

OURS = re.compile(r"mfaphone\.[a-z_]+(\.[a-z_]+)*")
TOLD = {
    name: value
    for name, value in vars(names).items()
    if name.isupper() and isinstance(value, str) and "." in value and not value.endswith(".")
}
CONVENTIONS = {
    *words_of(attributes),
    *words_of(incubating_attributes),
    *words_of(metrics),
    *words_of(incubating_metrics),
}


@pytest.mark.parametrize("name", sorted(TOLD))
def test_a_name_is_the_conventions_or_begins_with_ours(name: str) -> None:
    value = TOLD[name]
    assert value in CONVENTIONS or OURS.fullmatch(value), value


def test_no_name_is_told_twice() -> None:
    assert len(set(TOLD.values())) == len(TOLD)


def test_there_are_conventions_to_compare_with() -> None:
    assert {"messaging.destination.name", "http.client.request.duration", "url.template"} <= CONVENTIONS
