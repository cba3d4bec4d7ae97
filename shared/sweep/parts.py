"""What the sweep is made of."""

from dataclasses import dataclass
from datetime import timedelta

from shared.notify.ports import MailSender, NotificationLog
from shared.policy.load import LoadedPolicy
from shared.ports import Clock, EventSink
from shared.sweep.ports import (
    ExpectedNumbers,
    LiveTraffic,
    MethodReader,
    NoticeLog,
    PeopleList,
    PhoneReader,
    ProtectionReader,
    RegistrationReport,
    ReportStore,
    RequestSink,
    RunLog,
    StepQueue,
    WorkFiles,
)

# A step must end well within its message's lock, which the host renews for five minutes.
STEP_BUDGET = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class SweepPorts:
    """The world, as the sweep needs it."""

    clock: Clock
    runs: RunLog
    queue: StepQueue
    files: WorkFiles
    reports: ReportStore
    registration: RegistrationReport
    people: PeopleList
    methods: MethodReader
    protection: ProtectionReader
    expected: ExpectedNumbers
    live: LiveTraffic
    events: EventSink
    mail: MailSender
    mails: NotificationLog
    requests: RequestSink
    phones: PhoneReader
    notices: NoticeLog


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """What the settings say about it; `event_source` is the events' URI reference."""

    event_source: str
    # Microsoft's limit for the reports is 5 in 10 s (https://learn.microsoft.com/graph/throttling-limits).
    report_calls_per_10_s: int = 5
    # Readings of single users; each request within a batch counts.
    reads_per_10_s: int = 400


@dataclass(frozen=True, slots=True)
class SweepParts:
    """Everything together."""

    ports: SweepPorts
    policy: LoadedPolicy
    options: SweepOptions
