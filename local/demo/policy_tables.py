"""The tables on policy: the rules at work, and the same requests when Microsoft delivers no longer."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.demo.outcome_table import GAP, WIDE
from local.demo.rules_at_work import EXCUSED, RuleAtWork
from local.demo.telephony_forecast import Decided, Forecast
from shared.messages.change_request import Operation
from shared.policy.answers import Answer
from shared.policy.catalogue import CATALOGUE

_COLOURS = {
    EXCUSED: "green",
    Answer.ALLOW: "green",
    Answer.WARN: "magenta",
    Answer.COOL_OFF: "cyan",
    Answer.HOLD: "blue",
    Answer.REFUSE: "yellow",
}


def show_rules(console: Console, rules: Sequence[RuleAtWork], *, questions: bool = True) -> None:
    """Prints each rule that fired, what it answered, for how many requests, and one of them.

    On a wide terminal it tells the rules' `questions` as well.
    """
    if not rules:
        return
    console.print("\nRules at work", style="bold")
    asks = questions and console.width >= WIDE
    table = _table("Rule", "Answer", "Requests", "Example", *(("It asks",) if asks else ()))
    for rule in rules:
        question = (Text(CATALOGUE[rule.code].asks),) if asks else ()
        table.add_row(
            Text(rule.code.replace("_", " ")), _answers(rule), Text(str(rule.requests)), Text(rule.example), *question
        )
    console.print(table)


def show_forecasts(console: Console, forecasts: Sequence[Forecast]) -> None:
    """Prints what would become of a few requests around the day on which Microsoft's delivery ends."""
    if not forecasts:
        return
    day = forecasts[0].first_day
    console.print(
        f"\nThe same requests on {day}, when Microsoft delivers no text messages and calls any more", style="bold"
    )
    table = _table("Request", "Asked", "The day before", f"On {day}", "With a provider of our own")
    for forecast in forecasts:
        days = (forecast.before, forecast.on_the_day, forecast.with_provider)
        table.add_row(Text(forecast.request.request_id), Text(_asked(forecast)), *map(_told, days))
    console.print(table)


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading)
    return table


def _answers(rule: RuleAtWork) -> Text:
    told = [
        Text(answer.replace("_", " ") + (f" {number}" if len(rule.answers) > 1 else ""), style=_COLOURS[answer])
        for answer, number in rule.answers
    ]
    return Text(", ").join(told).append(f" (on {rule.only_on})" if rule.only_on else "", style="default")


def _asked(forecast: Forecast) -> str:
    request = forecast.request
    phones = "all" if request.operation is Operation.REMOVE and request.phone_type is None else request.phone_types[0]
    return f"{request.operation} {phones}"


def _told(decided: Decided) -> Text:
    colour = "yellow" if decided.word.startswith("rejected") else "green"
    warnings = "".join(f"; {warning.replace('_', ' ')}" for warning in decided.warnings)
    return Text(decided.word, style=colour).append(warnings, style="default")
