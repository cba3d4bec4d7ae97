"""The page in a real browser: what a person does with it, at every width, on paper, and what cannot run in it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from shared.compliance.summary import Coverage, TelephonyOutlook
from shared.sweep_report.page import page
from tests.unit.sweep_report.browser import CHROMIUM, Browser, Tab, chromium
from tests.unit.sweep_report.examples import RETIRES_ON, Example, example, finding
from tests.unit.sweep_report.test_page import HOSTILE

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.asyncio(loop_scope="module"),
]
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
ROWS = "[...document.querySelectorAll('#rows > tr')]"
STATUS = "document.getElementById('shown').textContent"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    async with chromium(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def tab(browser: Browser) -> AsyncIterator[Tab]:
    async with browser.tab() as opened:
        yield opened


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "report.html"


def write(file: Path, told: Example, left_out: int = 0) -> Path:
    file.write_text(page(told.summary, told.findings, left_out), encoding="utf-8")
    return file


async def choose(tab: Tab, name: str, value: str) -> None:
    """Does what a person does with a select or a field."""
    event = "input" if name == "text" else "change"
    await tab.run(
        f"(() => {{ const field = document.getElementById('{name}'); field.value = '{value}';"
        f" field.dispatchEvent(new Event('{event}', {{ bubbles: true }})); }})()"
    )


async def column(tab: Tab, place: int) -> list[str]:
    """Gives the text of a column."""
    told: list[str] = await tab.run(f"{ROWS}.map((row) => row.cells[{place}].innerText.split('\\n')[0])")
    return told


async def test_findings_are_counted_paged_and_turned(tab: Tab, written: Path) -> None:
    await tab.open(write(written, example(120)))
    assert await tab.run(STATUS) == "1\u201350 of 120 findings"
    assert await tab.run(f"{ROWS}.length") == 50
    await tab.run("document.getElementById('last').click()")
    assert await tab.run(STATUS) == "101\u2013120 of 120 findings"
    assert await tab.run("document.getElementById('next').disabled && document.getElementById('last').disabled")
    assert await tab.run("document.activeElement.id") == "findings"
    await tab.run("document.getElementById('previous').click()")
    assert await tab.run("document.getElementById('where').textContent") == "Page 2 of 3"
    assert tab.logged == []


async def test_findings_are_filtered_by_text_without_regard_to_accents_and_by_every_field(
    tab: Tab, written: Path
) -> None:
    findings = (
        finding(display_name="Jörg Müller", department="Sales", country="DE"),
        finding(display_name="Ana", user_id="2", department="Sales", country="BR"),
        finding(display_name="Bo", user_id="3", department="", country="DE", excused_by="night-shift"),
    )
    await tab.open(write(written, Example(example(0).summary, findings)))
    await choose(tab, "text", "MULLER jorg")
    assert await column(tab, 2) == ["Jörg Müller"]
    await choose(tab, "text", "")
    await choose(tab, "department", "=Sales")
    assert await column(tab, 2) == ["Ana", "Jörg Müller"]
    await choose(tab, "country", "=DE")
    assert await tab.run(STATUS) == "1\u20131 of 1 finding (of 3)"
    await choose(tab, "department", "=")
    assert await column(tab, 2) == ["Bo"]
    await choose(tab, "answer", "=violation")
    assert await tab.run(STATUS) == "No findings (of 3)"
    await tab.run("document.querySelector('#filters button').click()")
    assert await tab.run(f"{ROWS}.length") == 3
    assert tab.logged == []


async def test_findings_are_sorted_by_every_column_and_back(tab: Tab, written: Path) -> None:
    await tab.open(write(written, example(45)))
    gravest_first = await column(tab, 2)
    heads = await tab.run("document.querySelectorAll('th[data-sort] button').length")
    assert heads == 7
    for place in range(heads):
        press = f"document.querySelectorAll('th[data-sort] button')[{place}].click()"
        sort = f"document.querySelectorAll('th[data-sort]')[{place}].getAttribute('aria-sort')"
        await tab.run(press)
        assert await tab.run(sort) == "ascending"
        up = await column(tab, place)
        await tab.run(press)
        assert await tab.run(sort) == "descending"
        down = await column(tab, place)
        if place not in {0, 6}:
            # A severity and a verdict have an order of their own.
            filled = [text for text in up if text and text != "Policy"]
            assert filled == await tab.run(f"{filled}.sort(new Intl.Collator('en', {{ sensitivity: 'base' }}).compare)")
            assert up[len(filled) :] == down[len(filled) :] == [text for text in up if text not in filled]
        assert up != down
        await tab.run(press)
        assert await tab.run(sort) is None
        assert await column(tab, 2) == gravest_first
    assert tab.logged == []


async def test_a_finding_opens_and_closes_and_tells_everything(tab: Tab, written: Path) -> None:
    await tab.open(write(written, Example(example(0).summary, (finding(excused_by="night-shift"),))))
    button = "document.querySelector('button.expand')"
    await tab.run(f"{button}.click()")
    assert await tab.run(f"{button}.getAttribute('aria-expanded')") == "true"
    assert await tab.run(f"!!document.getElementById({button}.getAttribute('aria-controls'))")
    told = await tab.run("document.querySelector('.detail').innerText")
    for words in ("What to do", "passkey", "+49\u00a0*********89", "MS.AAD.3.5v2", "Reading", "2026-11-26 01:00 UTC"):
        assert words in told
    assert "night-shift" in told
    await tab.run(f"{button}.click()")
    assert await tab.run("document.querySelectorAll('.detail').length") == 0
    assert await tab.run(f"{button}.getAttribute('aria-expanded')") == "false"


async def test_a_department_leads_to_its_findings_and_the_view_can_be_passed_on(tab: Tab, written: Path) -> None:
    await tab.open(write(written, example(300)))
    await tab.run("document.querySelector('.bars [data-filter=department] button').click()")
    assert set(await column(tab, 3)) == {"Field service"}
    assert await tab.run("document.getElementById('department').value") == "=Field service"
    fragment = await tab.run("location.hash")
    await tab.open(written, fragment=fragment)
    assert set(await column(tab, 3)) == {"Field service"}
    await tab.open(written, fragment="#department=Nowhere&sort=constructor&rule=__proto__")
    assert await tab.run(STATUS) == "1\u201350 of 300 findings"
    assert tab.logged == []


async def test_nothing_that_stands_in_a_directory_runs_and_nothing_that_is_injected_either(
    tab: Tab, written: Path
) -> None:
    fields = ("display_name", "evidence", "department", "manager_name", "user_principal_name")
    hostile = tuple(finding(user_id=str(place), **dict.fromkeys(fields, text)) for place, text in enumerate(HOSTILE))
    await tab.open(write(written, Example(example(9).summary, hostile)))
    await tab.run("document.querySelectorAll('button.expand').forEach((button) => button.click())")
    shown = await tab.run(f"{ROWS}.filter((row) => row.cells.length > 1).map((row) => row.cells[3].textContent)")
    assert sorted(shown) == sorted(text.encode(errors="replace").decode() for text in HOSTILE)
    assert await tab.run(f"{ROWS}.length") == 2 * len(HOSTILE)
    assert await tab.run("typeof hacked") == "undefined"
    assert tab.logged == []
    await tab.run(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"hacked=1\">');"
        "document.body.append(Object.assign(document.createElement('script'), { textContent: 'hacked=1' }))"
    )
    assert await tab.run("typeof hacked") == "undefined"
    assert any("Content Security Policy" in line for line in tab.logged)


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280, 1920])
async def test_the_page_never_scrolls_sideways(tab: Tab, written: Path, width: int) -> None:
    long = finding(display_name=LONG, department=LONG, manager_name=LONG, user_principal_name=LONG, evidence=LONG)
    told = example(60, incomplete_because=(LONG,), remarks=(LONG,), policy_version=LONG)
    await tab.open(write(written, Example(told.summary, (long, *told.findings)), 5), width=width)
    await tab.run("document.querySelector('button.expand').click()")
    assert await tab.run("document.documentElement.scrollWidth") == width
    outside = await tab.run(
        "[...document.querySelectorAll('main *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1"
        " && !each.closest('.unseen, .upn, .bar-name, svg')).map((each) => each.outerHTML.slice(0, 80))"
    )
    assert outside == []


async def test_everything_that_can_be_operated_has_a_name_and_the_first_stop_skips_to_the_findings(
    tab: Tab, written: Path
) -> None:
    await tab.open(write(written, example(120)))
    nodes: list[dict[str, Any]] = (await tab.call("Accessibility.getFullAXTree"))["nodes"]
    roles = {"button", "combobox", "searchbox", "link", "table", "navigation", "search", "columnheader", "figure"}
    told = [node for node in nodes if not node["ignored"] and node["role"]["value"] in roles - {"figure"}]
    assert len(told) > 60
    assert [node for node in told if not node.get("name", {}).get("value")] == []
    rows = [node for node in nodes if not node["ignored"] and node["role"]["value"] == "row"]
    assert len(rows) == 51
    for kind in ("keyDown", "keyUp"):
        await tab.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert await tab.run("document.activeElement.textContent") == "Skip to the findings"
    assert await tab.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


async def test_cards_at_phone_width_are_a_table_to_a_screen_reader(tab: Tab, written: Path) -> None:
    await tab.open(write(written, example(30)), width=390)
    nodes: list[dict[str, Any]] = (await tab.call("Accessibility.getFullAXTree"))["nodes"]
    roles = [node["role"]["value"] for node in nodes if not node["ignored"]]
    assert roles.count("row") == 20
    assert roles.count("cell") >= 100
    assert await tab.run("getComputedStyle(document.getElementById('sort').parentElement).display") == "grid"


async def test_paper_gets_more_than_a_page_of_findings_and_the_screen_its_view_back(tab: Tab, written: Path) -> None:
    await tab.open(write(written, example(300)))
    await tab.run("dispatchEvent(new Event('beforeprint'))")
    assert await tab.run(f"{ROWS}.length") == 300
    await tab.run("dispatchEvent(new Event('afterprint'))")
    assert await tab.run(f"{ROWS}.length") == 50
    assert (await tab.pdf()).startswith(b"%PDF")
    assert tab.logged == []


async def test_without_a_script_there_are_the_figures_and_the_first_rows(tab: Tab, written: Path) -> None:
    await tab.call("Emulation.setScriptExecutionDisabled", value=True)
    await tab.open(write(written, example(300)))
    assert await tab.run(f"{ROWS}.length") == 50
    assert await tab.run("document.getElementById('filters').hidden")
    assert await tab.run("document.querySelectorAll('main button').length") == 3 + 2
    assert "The first 50 of 300" in await tab.run("document.querySelector('noscript').textContent")


@pytest.mark.parametrize(
    "told",
    [
        example(0),
        example(0, complete=False, incomplete_because=("x",)),
        example(1, runs=1),
        example(
            40, runs=2, telephony=TelephonyOutlook(mode="customer_provider", retires_on=RETIRES_ON, days_left=None)
        ),
        example(40, telephony=TelephonyOutlook(mode="retired", retires_on=RETIRES_ON, days_left=None)),
        example(40, telephony=TelephonyOutlook(mode="microsoft", retires_on=RETIRES_ON, days_left=0)),
        example(0, runs=0, coverage=Coverage(), rules=(), complete=False),
        example(20_000),
    ],
    ids=["none", "none, incomplete", "one", "own provider", "retired", "the day", "nobody", "twenty thousand"],
)
async def test_every_kind_of_run_is_shown_without_a_fault(tab: Tab, written: Path, told: Example) -> None:
    await tab.open(write(written, told, 3), width=390)
    assert await tab.run("document.documentElement.scrollWidth") == 390
    assert await tab.run("document.querySelector('h1').innerText.trim().length") > 10
    assert await tab.run("!document.body.innerText.match(/NaN|undefined|null|None|Infinity/)")
    assert tab.logged == []
