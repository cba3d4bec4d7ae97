"""The instruments of changes, their events and their mails; created at first use, when somebody may receive them."""

from dataclasses import dataclass
from functools import cache
from typing import Self

from opentelemetry.metrics import Counter, Histogram, Meter, get_meter

from shared.telemetry import names

# Seconds; the conventions' own boundaries end at 10, and a request may wait for days.
_AGES = (0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400, 604800)


@dataclass(frozen=True, slots=True)
class Instruments:
    """All of them."""

    consumed: Counter
    processing: Histogram
    outcomes: Counter
    age: Histogram
    held: Counter
    put_off: Counter
    graph_calls: Histogram
    graph_throttled: Counter
    outbox_unsent: Histogram
    outbox_age: Histogram
    parked: Counter
    brake: Histogram
    confirmations: Counter
    approvals: Counter
    mails: Counter
    vault: Counter

    @classmethod
    def of(cls, meter: Meter) -> Self:
        """Creates them."""
        count, time = meter.create_counter, meter.create_histogram
        # One sample a tick: a gauge is exported again every minute, by every instance that ever set it.
        tick = meter.create_histogram
        return cls(
            consumed=count(names.CONSUMED_MESSAGES, "{message}", "Messages that were delivered to a function."),
            processing=time(names.PROCESS_DURATION, "s", "How long a function took for a message."),
            outcomes=count(names.REQUEST_OUTCOMES, "{request}", "Requests that came to their end."),
            age=time(
                names.REQUEST_DURATION,
                "s",
                "From a request's arrival on the queue to its outcome.",
                explicit_bucket_boundaries_advisory=_AGES,
            ),
            held=count(names.REQUESTS_HELD, "{request}", "Requests that began to wait for a person, or to cool off."),
            put_off=count(names.REQUESTS_PUT_OFF, "{message}", "Scheduled copies that took a message's place."),
            graph_calls=time(names.HTTP_CLIENT_DURATION, "s", "Calls of Microsoft Graph, to the answer's headers."),
            graph_throttled=count(names.GRAPH_THROTTLED, "{response}", "Answers that asked for fewer requests."),
            outbox_unsent=tick(names.OUTBOX_UNSENT, "{event}", "Events that are recorded and not sent."),
            outbox_age=tick(names.OUTBOX_AGE, "s", "Age of the oldest of them."),
            parked=count(names.MESSAGES_PARKED, "{message}", "Messages that were kept for a person."),
            brake=tick(names.BRAKE_ENGAGED, "1", "1 while all writing is stopped, else 0."),
            confirmations=count(names.WRITE_CONFIRMATIONS, "{write}", "Writes, by when a read showed them."),
            approvals=count(names.APPROVAL_ANSWERS, "{approval}", "Approvals that were answered."),
            mails=count(names.MAILS, "{mail}", "Mails about an event, by what became of them."),
            vault=count(names.VAULT_CALLS, "{call}", "Uses of the key to the previous numbers."),
        )


@cache
def instruments() -> Instruments:
    """Gives the process's instruments."""
    return Instruments.of(get_meter(names.SCOPE))
