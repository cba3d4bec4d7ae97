"""Why something about a person is not known, in a sentence for people. Pure."""

from shared.compliance.case import Case
from shared.compliance.finding import Source
from shared.compliance.rows import MethodsRefused


def unread_because(case: Case) -> str:
    """Gives why the person's methods were not read one by one."""
    subject, standards = case.subject, case.standards
    if isinstance(subject.reading, MethodsRefused):
        return f"Microsoft Graph refused to tell the methods: {_sentence(subject.reading.why)}"
    if standards.readings is not None:
        return _sentence(standards.readings.why)
    if subject.registered is not None:
        return "The registration report tells no more, and this run did not read the methods themselves."
    if standards.report is not None:
        return f"{_sentence(standards.report.why)} This run did not read the methods one by one either."
    if case.is_disabled:
        return "The registration report leaves disabled accounts out, and this run did not read the methods themselves."
    return "The registration report does not list the person yet, and this run did not read the methods themselves."


def unsure_because(case: Case) -> str:
    """Gives why it is not known how many methods can be used."""
    if names := case.methods.unknown_names:
        told = f"Registered under a name that this release does not know: {', '.join(names)}."
        return told if case.methods.source is Source.READING else f"{told} {unread_because(case)}"
    if case.methods.source is Source.READING:
        return "The registration report tells kinds of methods that Microsoft Graph lists nowhere else, not how many."
    return unread_because(case)


def _sentence(text: str) -> str:
    """Gives a text that ends as a sentence does."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
