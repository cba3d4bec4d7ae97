"""The summary mail: the gravest figure is its subject, and nobody is named in it."""

from shared.sweep_report.summary_mail import summary_mail
from tests.unit.sweep_report.examples import example

URL = "https://reports.contoso.example/r?a=1&b=2"


def test_the_subject_is_the_gravest_figure() -> None:
    told = example(300)
    mail = summary_mail(told.summary, "security@contoso.example", URL)
    assert (
        mail.subject == f"{told.summary.phone_only} people would be locked out in 67 days (sweep of 26 November 2026)"
    )
    assert (mail.to, mail.event_id) == ("security@contoso.example", "sweep:20261126T0100Z")


def test_an_incomplete_run_says_so_in_its_subject_and_why_in_its_text() -> None:
    told = example(300, complete=False, incomplete_because=("Only 81.4 % are known.", "<b>It ended early.</b>"))
    mail = summary_mail(told.summary, "security@contoso.example", URL)
    assert mail.subject.startswith("At least ")
    assert mail.subject.endswith(" (sweep of 26 November 2026, incomplete)")
    assert "Only 81.4 % are known. &lt;b&gt;It ended early.&lt;/b&gt;" in mail.html


def test_the_gravest_rules_stand_first_and_the_report_is_linked() -> None:
    mail = summary_mail(example(300).summary, "security@contoso.example", URL)
    assert mail.html.index("Phone is the only method") < mail.html.index("Too few usable methods")
    assert 'href="https://reports.contoso.example/r?a=1&amp;b=2"' in mail.html
    assert "7 more rules are violated." in mail.html
    assert "On 19 November 2026 " in mail.html


def test_a_first_run_without_a_finding_is_a_good_mail() -> None:
    mail = summary_mail(example(0, runs=1).summary, "security@contoso.example", URL)
    assert mail.subject == "Nobody depends on a phone alone (sweep of 26 November 2026)"
    assert "<th" not in mail.html
    assert "depended" not in mail.html


def test_what_the_run_could_not_know_stands_in_the_mail() -> None:
    mail = summary_mail(example(9, remarks=("No P1 licence.",)).summary, "security@contoso.example", URL)
    assert "No P1 licence." in mail.html


def test_the_mail_names_nobody() -> None:
    told = example(300)
    html = summary_mail(told.summary, "security@contoso.example", URL).html
    assert [each.display_name for each in told.findings if each.display_name and each.display_name in html] == []
    assert "***" not in html
