"""Steps 2 and 3: decode the message, claim its record, and say which of the two has already been done."""

from dataclasses import dataclass, replace

from shared.change.parts import ChangeParts
from shared.codes import Code
from shared.messages.change_request import ChangeRequest
from shared.messages.completion_event import RequestFacts
from shared.messages.decode import Unreadable, decode, told_name
from shared.messages.fingerprint import discriminator, fingerprint, fingerprint_of_unreadable
from shared.messages.received import ReceivedMessage
from shared.outcome import Outcome, Verdict
from shared.phone.redaction import redact
from shared.record import NewRecord, Record
from shared.steps import Step
from shared.telemetry.changes import tell_request


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that is to be carried out, or carried on with."""

    request: ChangeRequest
    record: Record
    facts: RequestFacts


@dataclass(frozen=True, slots=True)
class Settled:
    """A request that is finished; at most its event is still to be sent."""

    record: Record


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A message that is refused before any rule is asked: it is unreadable or reuses a request id."""

    record: Record
    facts: RequestFacts
    verdict: Verdict


type Admission = Admitted | Settled | TurnedAway


async def admit(parts: ChangeParts, message: ReceivedMessage) -> Admission:
    """Decodes and claims. Raises LedgerUnavailableError."""

    async def decoded() -> ChangeRequest | Unreadable:
        return decode(message)

    found = await parts.run(Step.DECODE, decoded)
    if isinstance(found, Unreadable):
        return await _turn_away_unreadable(parts, message, found)
    prints = [fingerprint(found, key) for key in parts.options.number_keys]
    facts = request_facts(message, found)
    tell_request(facts, dry_run=found.dry_run)
    new = NewRecord(
        key=found.request_id,
        fingerprint=prints[0],
        sequence=message.origin.sequence,
        facts=facts,
        user_key=found.user.session_id,
        dry_run=found.dry_run,
    )
    record = await parts.run(Step.CLAIM, lambda: parts.ports.ledger.claim(new))
    if record.fingerprint not in prints:
        return await _turn_away_reused(parts, new)
    return Settled(record) if record.finished else Admitted(found, record, facts)


def request_facts(message: ReceivedMessage, request: ChangeRequest) -> RequestFacts:
    """Gives what events and records repeat of a request, free text redacted."""
    return RequestFacts(
        request_id=request.request_id,
        operation=request.operation,
        phone_type=request.phone_types[0] if len(request.phone_types) == 1 else None,
        requested_by=redact(request.requested_by, request.written_numbers, request.region),
        reason=redact(request.reason, request.written_numbers, request.region),
        accepted_at=message.origin.accepted_at,
        traceparent=message.traceparent,
        undoes=told_name(request.undoes) if request.undoes else None,
    )


async def _turn_away_unreadable(parts: ChangeParts, message: ReceivedMessage, found: Unreadable) -> Admission:
    new = unreadable_record(parts, message, found.request_id)
    outcome = Outcome.REJECTED if found.code is Code.INVALID_REQUEST else Outcome.FAILED
    detail = "" if found.detail == Verdict(outcome, found.code).message else found.detail
    return await _turned_away(parts, new, Verdict(outcome, found.code, detail))


def unreadable_record(parts: ChangeParts, message: ReceivedMessage, request_id: str = "") -> NewRecord:
    """Gives the record of a message that is no request; it never takes a request id from one that is."""
    origin = message.origin
    print_ = fingerprint_of_unreadable(origin.message_id, message.body, parts.options.number_key)
    suffix = discriminator(print_)
    facts = RequestFacts(
        request_id or f"unnamed-{suffix}",
        operation=None,
        phone_type=None,
        requested_by=None,
        reason=None,
        accepted_at=origin.accepted_at,
        traceparent=message.traceparent,
        discriminator=suffix,
    )
    return NewRecord(f"unreadable~{suffix}", print_, origin.sequence, facts)


async def _turn_away_reused(parts: ChangeParts, new: NewRecord) -> Admission:
    """Refuses the second content under its own key, so that the first one's record stays untouched."""
    suffix = discriminator(new.fingerprint)
    own = NewRecord(
        key=f"{new.key}~{suffix}",
        fingerprint=new.fingerprint,
        sequence=new.sequence,
        facts=replace(new.facts, discriminator=suffix),
        user_key=new.user_key,
    )
    return await _turned_away(parts, own, Verdict(Outcome.REJECTED, Code.REQUEST_ID_REUSED))


async def _turned_away(parts: ChangeParts, new: NewRecord, verdict: Verdict) -> Admission:
    record = await parts.run(Step.CLAIM, lambda: parts.ports.ledger.claim(new))
    return Settled(record) if record.finished else TurnedAway(record, new.facts, verdict)
