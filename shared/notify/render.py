"""Turns a notice into a mail's subject and HTML, in the recipient's language as far as there are templates for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.codes import IN_DOUBT, Code
from shared.notify.addressees import Addressee
from shared.notify.dates import day, moment
from shared.notify.language import TEMPLATES
from shared.notify.notice import AnyNotice, HeldNotice
from shared.notify.user_sentences import user_sentence
from shared.notify.warning_sentences import warning_sentence
from shared.outcome import Outcome
from shared.policy.model import Policy

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {
    "day": day,
    "moment": moment,
    "user_sentence": user_sentence,
    "warning_sentence": warning_sentence,
}
# Only who still has a phone afterwards is told how long it will serve.
_PHONE_IS_SET = frozenset({Code.CREATED, Code.REPLACED})


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's visible parts."""

    subject: str
    html: str


def render(notice: AnyNotice, addressee: Addressee, rules: Policy) -> Rendered:
    """Renders a notice for one who is told; the user reads other sentences than the service desk."""
    advises = addressee.is_user and addressee.may_sign_in
    values = {
        "data": notice.data,
        "name": addressee.name,
        "to_user": addressee.is_user,
        "advises": advises,
        "advises_on_phone": advises and notice.data.code in _PHONE_IS_SET,
        "in_doubt": notice.data.code in IN_DOUBT,
        "undone": notice.data.operation == "undo",
        "retires_on": rules.telephony.retires_on,
        "service_desk": rules.service_desk,
    }
    return rendered(f"{addressee.language}/{_kind(notice)}.html.j2", values)


def rendered(template: str, values: Mapping[str, object]) -> Rendered:
    """Renders one of the templates; a value that it needs and does not get raises jinja2's UndefinedError."""
    found = _ENVIRONMENT.get_template(template)
    subject = " ".join(str(found.make_module(dict(values)).__dict__["subject"]).split())
    return Rendered(subject, found.render(values))


def _kind(notice: AnyNotice) -> str:
    if isinstance(notice, HeldNotice):
        return "held"
    return "changed" if notice.data.outcome is Outcome.CHANGED else "not_changed"
