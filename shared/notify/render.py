"""Turns a notice into a mail's subject and HTML, in the recipient's language as far as there are templates for it."""

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.codes import IN_DOUBT
from shared.notify.notice import Notice
from shared.outcome import Outcome
from shared.policy.model import ServiceDesk

_TEMPLATES = Path(__file__).parent / "templates"
DEFAULT_LANGUAGE = "en"
LANGUAGES = tuple(sorted(folder.name for folder in _TEMPLATES.iterdir() if folder.is_dir()))
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's visible parts."""

    subject: str
    html: str


def language_of(preferred: str | None) -> str:
    """Gives the template language for a preferredLanguage such as `de-CH`."""
    language = (preferred or "").partition("-")[0].lower()
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def render(notice: Notice, *, to_user: bool, name: str, language: str, service_desk: ServiceDesk) -> Rendered:
    """Renders a notice; `to_user` says whether the reader is the one whose phone it is."""
    kind = "changed" if notice.data.outcome is Outcome.CHANGED else "not_changed"
    template = _ENVIRONMENT.get_template(f"{language}/{kind}.html.j2")
    values = {
        "data": notice.data,
        "to_user": to_user,
        "in_doubt": notice.data.code in IN_DOUBT,
        "name": name,
        "service_desk": service_desk,
        "finished": notice.data.finished_at.strftime("%Y-%m-%d %H:%M UTC"),
    }
    subject = " ".join(str(template.make_module(values).__dict__["subject"]).split())
    return Rendered(subject, template.render(values))
