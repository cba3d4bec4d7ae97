"""The mail that tells of a finished run; its subject is the gravest figure."""

from shared.compliance.catalogue import CATALOGUE
from shared.compliance.summary import Summary
from shared.notify.mail import Mail
from shared.notify.render import rendered
from shared.sweep_report.figures import lasting, number, share
from shared.sweep_report.headline import headline
from shared.sweep_report.pace import before

_TEMPLATE = "en/sweep_finished.html.j2"
_MOST_RULES = 8


def summary_mail(summary: Summary, to: str, report_url: str) -> Mail:
    """Gives the mail to one address; it links the report, which only those can open who may read it."""
    violated = sorted(
        (rule for rule in summary.rules if rule.violations), key=lambda rule: (rule.severity.rank, -rule.violations)
    )
    past = before(summary)
    coverage = summary.coverage
    values = {
        "summary": summary,
        "headline": headline(summary),
        "known": f"{number(coverage.known)} of {number(coverage.people)} ({share(coverage.share)})",
        "lasting": lasting(summary.effort.seconds),
        "rules": [
            (number(rule.violations), CATALOGUE[rule.code].title, rule.severity) for rule in violated[:_MOST_RULES]
        ],
        "more": max(0, len(violated) - _MOST_RULES),
        "unknown": number(sum(rule.unknown for rule in summary.rules)),
        "was": number(past.phone_only) if past else "",
        "was_at": past.at.date() if past else None,
        "report_url": report_url,
    }
    mail = rendered(_TEMPLATE, values)
    return Mail(to, mail.subject, mail.html, f"sweep:{summary.run_id}")
