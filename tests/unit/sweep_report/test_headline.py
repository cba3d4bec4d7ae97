"""The sentence at the top is the gravest one that is true, and no stronger than what is known."""

from typing import Any

import pytest

from shared.compliance.summary import Coverage, Summary, TelephonyOutlook
from shared.policy.methods import TelephonyMode
from shared.sweep_report.headline import Tone, headline
from tests.unit.sweep_report.examples import RETIRES_ON, example


def told(days: int | None = 67, mode: TelephonyMode = "microsoft", **fields: Any) -> Summary:
    outlook = TelephonyOutlook(mode=mode, retires_on=RETIRES_ON, days_left=days)
    plain = {"phone_only": 0, "no_method": 0, "people_with_violations": 0}
    return example(0, telephony=outlook, **{**plain, **fields}).summary


@pytest.mark.parametrize(
    ("summary", "tone", "sentence"),
    [
        (told(phone_only=412), Tone.GRAVE, "412 people would be locked out in 67 days"),
        (told(phone_only=1, days=1), Tone.GRAVE, "1 person would be locked out in 1 day"),
        (told(phone_only=18204, no_method=3), Tone.GRAVE, "18,204 people would be locked out in 67 days"),
        (told(phone_only=412, complete=False), Tone.GRAVE, "At least 412 people would be locked out in 67 days"),
        (told(phone_only=412, days=0), Tone.GRAVE, "412 people are locked out"),
        (told(phone_only=412, days=-9), Tone.GRAVE, "412 people are locked out"),
        (told(phone_only=1, days=None, mode="retired"), Tone.GRAVE, "1 person is locked out"),
        (
            told(phone_only=412, days=None, mode="customer_provider"),
            Tone.SERIOUS,
            "412 people depend on a phone alone",
        ),
        (told(no_method=23), Tone.GRAVE, "23 people have no method at all"),
        (told(no_method=1, complete=False), Tone.GRAVE, "At least 1 person has no method at all"),
        (told(people_with_violations=2), Tone.SERIOUS, "Nobody depends on a phone alone"),
        (told(), Tone.GOOD, "Nobody depends on a phone alone"),
        (told(complete=False), Tone.UNSURE, "Nobody is known to depend on a phone alone"),
        (told(coverage=Coverage()), Tone.UNSURE, "This run saw nobody"),
    ],
)
def test_the_gravest_figure_is_told(summary: Summary, tone: Tone, sentence: str) -> None:
    found = headline(summary)
    assert (found.tone, found.sentence) == (tone, sentence)


def test_an_unknown_answer_is_no_all_clear() -> None:
    rules = example(0).summary.rules
    unknown = told(rules=(rules[0].model_copy(update={"unknown": 3}), *rules[1:]))
    assert headline(unknown).sentence == "Nobody is known to depend on a phone alone"
    assert "3 answers are unknown" in headline(unknown).meaning
