"""The page needs nothing but itself, lets nothing else run, and says what there is also without a script."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import batched, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.compliance.finding import ComplianceCode, Finding, Severity, Source, Verdict
from shared.compliance.summary import Coverage, GroupCount
from shared.sweep_report.page import page
from tests.unit.sweep_report.examples import Example, example, finding

CSS = (Path(__file__).parent.parent.parent.parent / "shared/sweep_report/templates/page.css").read_text(
    encoding="utf-8"
)
HOSTILE = (
    "</script><script>hacked=1</script>",
    "<img src=x onerror=hacked=1>",
    '"><svg onload=hacked=1>',
    "<!--<script>",
    "' onfocus=hacked=1 autofocus='",
    "{{ 7 * 7 }}{% raw %}",
    "line\u2028end\u2029s",
    "half\ud800",
)
# Text on grounds: WCAG 2.2 AA asks for 4.5 (https://www.w3.org/TR/WCAG22/#contrast-minimum).
READ_ON = [
    *((text, ground) for text in ("ink", "quiet", "accent", "good", "critical") for ground in ("card", "ground")),
    *((text, f"{text}-soft") for text in ("critical", "high", "medium", "low", "unknown", "excused")),
]


class Elements(HTMLParser):
    """What a browser would make of the page: its elements with their attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        if self._open:
            self.text.setdefault(self._open[-1], []).append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def made(told: Example, left_out: int = 0) -> str:
    return page(told.summary, told.findings, left_out)


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def one(*findings: Finding) -> Example:
    return Example(example(0).summary, findings)


def test_the_page_loads_nothing_and_has_no_inline_style_and_no_handler() -> None:
    elements = Elements(made(example(300)))
    assert {"img", "iframe", "object", "embed", "base"}.isdisjoint(tag for tag, _ in elements.found)
    for tag, attributes in elements.found:
        assert not {name for name in attributes if name == "style" or name.startswith("on")}, tag
        assert "src" not in attributes
    links = [attributes["href"] or "" for tag in ("link", "a") for attributes in elements.named(tag)]
    assert all(link.startswith(("data:", "#")) or "/" not in link for link in links), links
    assert "@import" not in CSS
    assert "url(" not in CSS


def test_only_what_stands_in_the_page_may_run() -> None:
    html = made(example(3))
    (policy,) = [
        attributes["content"] or ""
        for attributes in Elements(html).named("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    for kind, pattern in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        (content,) = re.findall(pattern, html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert html.index("Content-Security-Policy") < html.index("<style>")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_wherever_it_stands(text: str) -> None:
    fields = ("evidence", "display_name", "user_principal_name", "department", "country", "manager_name", "excused_by")
    findings = [finding(**dict.fromkeys(fields, text))]
    groups = (GroupCount(name=text, people=3, phone_only=1),)
    told = example(
        3, incomplete_because=(text,), remarks=(text,), policy_version=text, departments=groups, managers=groups
    )
    harmless = len(Elements(made(Example(told.summary, (finding(excused_by="x"),)))).found)
    html = page(told.summary, findings, 0)
    assert len(Elements(html).found) == harmless
    assert text.encode(errors="replace").decode() in data_of(html)["strings"]


@given(st.text())
def test_any_text_survives_the_embedding(text: str) -> None:
    html = page(example(0).summary, [finding(evidence=text)], 0)
    assert text.encode(errors="replace").decode() in data_of(html)["strings"]
    assert html.count("</script>") == 2


def test_every_finding_is_embedded_with_all_that_it_says() -> None:
    told = example(300)
    data = data_of(made(told))
    people, strings = list(batched(data["people"], 6, strict=True)), data["strings"]
    read = [
        (
            data["rules"][rule][0],
            data["severities"][severity],
            data["answers"][answer],
            people[person][2],
            strings[people[person][3]],
            strings[evidence],
            strings[phone],
            strings[source],
            minutes,
            strings[excused],
        )
        for rule, severity, answer, person, evidence, phone, source, minutes, excused in batched(
            data["rows"], 9, strict=True
        )
    ]
    expected = [
        (
            each.code,
            each.severity,
            "unknown" if each.verdict is Verdict.UNKNOWN else "excused" if each.excused_by else "violation",
            each.user_id,
            each.department,
            each.evidence,
            each.phone_type or "",
            each.source,
            int(each.as_of.timestamp()) // 60 if each.as_of else 0,
            each.excused_by,
        )
        for each in told.findings
    ]
    assert sorted(read) == sorted(expected)


def test_the_gravest_findings_come_first_and_excused_ones_last() -> None:
    told = example(300)
    data = data_of(made(told))
    order = [(answer == 1, severity) for _, severity, answer, *_ in batched(data["rows"], 9, strict=True)]
    assert order == sorted(order)


def test_the_first_rows_stand_in_the_page_without_a_script() -> None:
    html = made(example(300))
    assert html.count('<tr role="row" class="violation">') == 50
    assert "The first 50 of 300." in html
    assert "With JavaScript" not in html


def test_what_stands_in_the_csv_alone_is_counted() -> None:
    assert "3,412 more findings stand in" in made(example(300), 3412)
    assert "1 more finding stands in" in made(example(300), 1)
    assert 'class="left-out"' not in made(example(300))


def test_twenty_thousand_findings_make_a_page_that_can_still_be_mailed() -> None:
    assert len(made(example(20_000)).encode()) < 3 * 1024 * 1024


def test_the_page_names_the_run_its_policy_its_files_and_what_it_cost() -> None:
    html = made(example(300))
    for words in (
        "20261126T0100Z",
        "3+3f2a9c1d5b7e8f60",
        "findings.csv",
        "findings.jsonl",
        "summary.json",
        "41 min 12 s",
    ):
        assert words in html
    assert "Graph asked 3 times for fewer requests" in html


def test_an_incomplete_run_says_so_and_why() -> None:
    html = made(example(9, complete=False, incomplete_because=("Only 81.4 % are known.",), remarks=("No licence.",)))
    assert "<strong>Incomplete:</strong>" in html
    assert "<li>Only 81.4 % are known.</li>" in html
    assert "<li>No licence.</li>" in html
    assert "Complete:" not in html


def test_a_run_without_findings_says_that_there_are_none_and_has_no_table() -> None:
    html = made(example(0))
    assert "No finding: every rule was answered" in html
    assert "<table id=" not in html
    assert "Nobody to talk to." in html


def test_an_incomplete_run_without_findings_gives_no_all_clear() -> None:
    html = made(example(0, complete=False))
    assert "every rule was answered" not in html
    assert "No finding among the people whom this run saw." in html


def test_a_run_that_saw_nobody_is_told_as_one() -> None:
    assert "This run saw nobody" in made(example(0, runs=0, coverage=Coverage(), rules=(), complete=False))


def test_names_of_any_direction_are_kept_apart_from_what_stands_around_them() -> None:
    html = page(example(0).summary, [finding(display_name="فاطمة الزهراء", manager_name="שרה לוי")], 0)
    assert "<bdi>فاطمة الزهراء</bdi>" in html
    assert "<bdi>שרה לוי</bdi>" in html


def test_a_finding_about_policy_names_nobody() -> None:
    about = Finding(ComplianceCode.EXCEPTION_EXPIRING, Verdict.VIOLATION, Severity.LOW, "x", source=Source.POLICY)
    html = page(example(0).summary, [about], 0)
    assert '<span class="quiet">Policy</span>' in html


def test_the_same_run_makes_the_same_page() -> None:
    told = example(300)
    assert page(told.summary, told.findings, 0) == page(told.summary, tuple(reversed(told.findings)), 0)


def test_what_labels_refer_to_exists_once_and_headings_follow_each_other() -> None:
    elements = Elements(made(example(300, incomplete_because=("x",), remarks=("y",))))
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = {attributes.get("aria-labelledby") for _, attributes in elements.found} - {None}
    assert named <= set(ids)
    levels = [int(tag[1]) for tag, _ in elements.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


# colours


def colours(scheme: str) -> dict[str, str]:
    """Gives the page's colours in a scheme, by name."""
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    light, dark, printed = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks)
    return {"light": light, "dark": {**light, **dark}, "print": {**light, **printed}}[scheme]


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one_colour: str, other: str) -> float:
    low, high = sorted((luminance(one_colour), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_guidelines_say() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize(("text", "ground"), READ_ON)
def test_text_has_enough_contrast(scheme: str, text: str, ground: str) -> None:
    found = colours(scheme)
    assert contrast(found[text], found[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("fill", ["phone-fill", "violation-fill", "excused-fill"])
def test_what_a_chart_tells_stands_out(scheme: str, fill: str) -> None:
    """3 is enough for graphics: https://www.w3.org/TR/WCAG22/#non-text-contrast."""
    found = colours(scheme)
    assert contrast(found[fill], found["card"]) >= 3
