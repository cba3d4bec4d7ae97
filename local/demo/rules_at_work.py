"""Counts from the events which rule fired for which request, and what it answered. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.demo.telephony_forecast import Forecast
from shared.codes import Code
from shared.policy.answers import Answer
from shared.policy.catalogue import CATALOGUE

EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class RuleAtWork:
    """A rule, how many requests it fired for, what it answered how often, and one request."""

    code: Code
    requests: int
    answers: tuple[tuple[str, int], ...]
    example: str
    # The day for which that was only decided; empty where it happened.
    only_on: str = ""


@dataclass(frozen=True, slots=True)
class _Firing:
    request_id: str
    code: str
    answer: str
    # Whether the rule is the one that the outcome, or the hold, names.
    decides: bool


def rules_at_work(events: Sequence[Mapping[str, Any]], forecasts: Sequence[Forecast] = ()) -> tuple[RuleAtWork, ...]:
    """Gives the rules that fired, in the catalogue's order; of a forecast, those that did not fire today."""
    today = list(_firings(events))
    found = {code: _at_work(code, [each for each in today if each.code == code]) for code in CATALOGUE}
    for code, told in _later(forecasts).items():
        if found[code] is None:
            found[code] = _at_work(code, told, str(forecasts[0].first_day))
    return tuple(rule for rule in found.values() if rule is not None)


def idle(rules: Iterable[RuleAtWork]) -> list[Code]:
    """Gives the rules that fired for nobody."""
    at_work = {rule.code for rule in rules}
    return [code for code in CATALOGUE if code not in at_work]


def _firings(events: Sequence[Mapping[str, Any]]) -> Iterable[_Firing]:
    for event in events:
        data = event["data"]
        for finding in data.get("findings") or ():
            answer = EXCUSED if finding["excusedBy"] else finding["answer"]
            yield _Firing(data["requestId"], finding["code"], answer, finding["code"] == data.get("code"))


def _later(forecasts: Sequence[Forecast]) -> dict[Code, list[_Firing]]:
    found: dict[Code, list[_Firing]] = {}
    for forecast in forecasts:
        for finding in forecast.findings:
            firing = _Firing(forecast.request.request_id, finding.code, finding.answer, decides=True)
            found.setdefault(finding.code, []).append(firing)
    return found


def _at_work(code: Code, firings: Sequence[_Firing], only_on: str = "") -> RuleAtWork | None:
    """Counts requests, not events: what was held and then carried out is told twice."""
    if not firings:
        return None
    answers = Counter(answer for _, answer in {(each.request_id, each.answer) for each in firings})
    in_order = [(answer, answers[answer]) for answer in (EXCUSED, *Answer) if answers[answer]]
    example = next((each for each in firings if each.decides), firings[0])
    requests = len({each.request_id for each in firings})
    return RuleAtWork(code, requests, tuple(in_order), example.request_id, only_on)
