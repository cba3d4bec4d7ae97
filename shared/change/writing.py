"""Steps 7 and 8: write once, then read until the write shows or its time is over."""

from dataclasses import dataclass

from shared.backoff import LATE_WRITE, look_again_after, wait_for
from shared.change.parts import ChangeParts
from shared.directory_user import StoredPhone
from shared.errors import DirectoryRefusedError, TransientError
from shared.phone.phone_type import PhoneType
from shared.plan import Remove, Write, is_done
from shared.ports import DEFAULT_METHOD, WriteAnswer, WriteCertainty
from shared.steps import Step
from shared.telemetry.changes import tell_confirmation

# POST of a type that exists, PATCH of one that does not: the plan may rest on a stale read, which shows soon.
_PERHAPS_STALE = (400, 404)
CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Sent:
    """A write that went out, when (seconds of the monotonic clock), and its answer."""

    write: Write
    sent_at: float
    answer: WriteAnswer
    # Whether an earlier run of the same request may have sent one too: then a read may show that one's effect.
    repeated: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A write, its answer, and the phones as they were read afterwards; None where reading them was refused."""

    write: Write
    answer: WriteAnswer
    phones: tuple[StoredPhone, ...] | None

    @property
    def is_done(self) -> bool:
        """Whether a read has shown what was to be written."""
        return self.phones is not None and is_done(self.write, self.phones)


def single_writes(plan: Write) -> tuple[Write, ...]:
    """Gives the writes that a plan consists of: phones are removed, and read back, one after the other."""
    if not isinstance(plan, Remove):
        return (plan,)
    return tuple(Remove((phone_type,), plan.previous) for phone_type in plan.phone_types)


def types_of(write: Write) -> tuple[PhoneType, ...]:
    """Gives the phone types that a write concerns."""
    return write.phone_types if isinstance(write, Remove) else (write.phone_type,)


async def send(parts: ChangeParts, user_id: str, write: Write, *, repeated: bool) -> Sent:
    """Writes once. Raises TransientError only where it is certain that nothing was written."""
    sent_at = parts.ports.clock.monotonic()
    answer = await parts.run(Step.WRITE, lambda: parts.ports.directory.write(user_id, write))
    return Sent(write, sent_at, answer, repeated)


async def read_back(parts: ChangeParts, user_id: str, sent: Sent) -> Written:
    """Reads until the write shows, within the bound. Raises TransientError."""

    async def phones() -> tuple[StoredPhone, ...] | None:
        try:
            return await _read_back(parts, user_id, sent)
        except DirectoryRefusedError:
            return None

    return Written(sent.write, sent.answer, await parts.run(Step.READ_BACK, phones))


async def _read_back(parts: ChangeParts, user_id: str, sent: Sent) -> tuple[StoredPhone, ...]:
    """Reads until the write shows; after a plain refusal it is enough to look once."""
    clock = parts.ports.clock
    started = clock.monotonic()
    until = started + _bound(parts, sent.answer)
    # The user is held until a lost write can no longer take effect: no later request is overtaken by it. An earlier
    # run that was stopped while it wrote may have one under way.
    held_until = sent.sent_at + LATE_WRITE if sent.repeated or _is_lost(sent.answer) else started
    when = "at_once"
    while True:
        phones = await _read_while_held(parts, user_id, held_until)
        now = clock.monotonic()
        shown = is_done(sent.write, phones) and not (sent.repeated and now < held_until)
        left = max(until, held_until) - now
        if shown:
            tell_confirmation(when)
        if shown or left <= 0:
            return phones
        await clock.sleep(min(left, look_again_after(clock.monotonic() - started)))
        when = "late"


async def _read_while_held(parts: ChangeParts, user_id: str, held_until: float) -> tuple[StoredPhone, ...]:
    """Reads the phones; a fault that passes is waited for in place as long as the session must be held."""
    clock, attempt = parts.ports.clock, 1
    while True:
        try:
            return await parts.ports.directory.read_phones(user_id)
        except TransientError as fault:
            left = held_until - clock.monotonic()
            if left <= 0:
                raise
            await clock.sleep(min(left, wait_for(fault, attempt)))
        attempt += 1


def _is_lost(answer: WriteAnswer) -> bool:
    return answer.certainty is WriteCertainty.UNCERTAIN and answer.status != CONFLICT


def _bound(parts: ChangeParts, answer: WriteAnswer) -> float:
    """Gives the seconds within which a write must show, or what a refusal rests on must come to light."""
    bound = parts.options.read_back.total_seconds()
    if answer.certainty is not WriteCertainty.REFUSED:
        return bound
    return bound if answer.status in _PERHAPS_STALE and answer.code != DEFAULT_METHOD else 0.0
