"""A mail, ready to be sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address; `html` is complete and holds no clear phone number."""

    to: str
    subject: str
    html: str
    # Travels as a header, so that copies can be recognised.
    event_id: str
