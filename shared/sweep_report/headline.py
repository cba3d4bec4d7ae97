"""The sentence at the top: the gravest thing that a run found, as strong as what is known allows. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from shared.compliance.summary import Summary
from shared.notify.dates import day
from shared.sweep_report.figures import counted, number

_LANGUAGE = "en"


class Tone(StrEnum):
    """How the sentence sounds."""

    GRAVE = "grave"
    SERIOUS = "serious"
    GOOD = "good"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure that stands out, the rest of its sentence, and what it means; `bound` where there may be more."""

    tone: Tone
    figure: str
    words: str
    meaning: str
    bound: str = ""

    @property
    def sentence(self) -> str:
        """The whole sentence, without a full stop."""
        return " ".join(part for part in (self.bound, self.figure, self.words) if part)


def headline(summary: Summary) -> Headline:
    """Gives the gravest figure that is not zero."""
    if summary.coverage.people == 0:
        return Headline(Tone.UNSURE, "", "This run saw nobody", "There is nothing that it could say about the tenant.")
    if summary.phone_only:
        return _on_phone_alone(summary)
    if summary.no_method:
        return Headline(
            Tone.GRAVE,
            number(summary.no_method),
            f"{_people(summary.no_method)} {'has' if summary.no_method == 1 else 'have'} no method at all",
            "Whoever knows their password can register a method of their own in their name. "
            "Nobody is known to depend on a phone alone.",
            _bound(summary),
        )
    return _nobody_in_danger(summary)


def is_retired(summary: Summary) -> bool:
    """Says whether phones serve nobody any more."""
    outlook = summary.telephony
    return outlook.mode == "retired" or (outlook.days_left is not None and outlook.days_left <= 0)


def _on_phone_alone(summary: Summary) -> Headline:
    count, days = summary.phone_only, summary.telephony.days_left
    one = count == 1
    their = f"{"That person's" if one else 'Their'} only method is a phone"
    if is_retired(summary):
        tone, words = Tone.GRAVE, "is locked out" if one else "are locked out"
        meaning = f"{their}, and text messages and calls are delivered no longer."
    elif days is None:
        tone, words = Tone.SERIOUS, "depends on a phone alone" if one else "depend on a phone alone"
        meaning = "Whoever loses the phone cannot sign in any more, and whoever takes the number over can."
    else:
        tone, words = Tone.GRAVE, f"would be locked out in {counted(days, 'day', 'days')}"
        meaning = (
            f"{their}. On {day(summary.telephony.retires_on, _LANGUAGE)} Microsoft stops delivering text messages and "
            "calls; whoever has no other method by then is stopped when they sign in."
        )
    return Headline(tone, number(count), f"{_people(count)} {words}", meaning, _bound(summary))


def _nobody_in_danger(summary: Summary) -> Headline:
    unknown = sum(rule.unknown for rule in summary.rules)
    is_sure = summary.complete and not unknown
    words = f"Nobody {'depends' if is_sure else 'is known to depend'} on a phone alone"
    if summary.people_with_violations:
        found = counted(summary.people_with_violations, "person breaks", "people break")
        return Headline(Tone.SERIOUS if summary.complete else Tone.UNSURE, "", words, f"Yet {found} a rule.")
    if not summary.complete:
        return Headline(Tone.UNSURE, "", words, "This run did not see enough to say more.")
    if unknown:
        left = counted(unknown, "answer is", "answers are")
        return Headline(Tone.GOOD, "", words, f"Nobody is known to break a rule; {left} unknown.")
    return Headline(Tone.GOOD, "", words, "Everybody has a method that counts, and nobody breaks a rule.")


def _bound(summary: Summary) -> str:
    return "" if summary.complete else "At least"


def _people(count: int) -> str:
    return "person" if count == 1 else "people"
