"""Step 6: take the user and the watermark, and write down what is about to be done, before anything is sent."""

from dataclasses import dataclass

from shared.change.deciding import Task, watermark
from shared.change.intents import intent_of
from shared.change.noting import Noted, keep_previous, note, take_back
from shared.change.one_writer import take_user
from shared.change.parts import ChangeParts
from shared.errors import LedgerConflictError, TransientError
from shared.phone.phone_type import PhoneType
from shared.plan import NoChange, Watermark, Write
from shared.record import Intent, Record


@dataclass(frozen=True, slots=True)
class Taken:
    """A plan that may be written, the mark that permits it, and the record that says what is about to be done."""

    plan: Write | NoChange
    mark: Watermark
    intent: Intent | None
    record: Record
    # The record as it stands where it is certain that nothing was written.
    untouched: Record
    # What the tripwires were told; None where nothing is to be written.
    noted: Noted | None


async def take(parts: ChangeParts, task: Task) -> Taken:
    """Takes the user, then sets the mark of every phone concerned, if nothing has happened since the plan was made.

    Also where nothing is to be written: an older request that comes later must not overrule this one. Raises
    TransientError; the user may have been taken then.
    """
    record, mark = task.admitted.record, watermark(parts, task.admitted, task.plan)
    await take_user(parts, task.state.user.id, record)
    await _unless_somebody_was_here(parts, task)
    if isinstance(task.plan, NoChange):
        await _advance(parts, task, mark)
        return Taken(task.plan, mark, record.intent, record, record, None)
    await keep_previous(parts, task, task.plan)
    await parts.ports.brake.permit(record.key, task.state.user.id)
    noted = await note(parts, task, task.plan)
    try:
        # Only now: a mark of what is not written after all would make the next request wait for it to show.
        await _advance(parts, task, mark)
        return await _intended(parts, record, task.plan, mark, noted)
    except TransientError:
        if record.intent is None:
            await take_back(parts, task, noted)
        raise


async def _unless_somebody_was_here(parts: ChangeParts, task: Task) -> None:
    """Looks at the marks of all phones once more, now that nobody else can write for this user.

    A request under another key may have removed another phone, or have been counted, after this one was planned: what
    was decided about lock-out and tripwires then no longer holds.
    """
    now = await parts.ports.watermarks.read(task.state.user.id, tuple(PhoneType))
    if now != task.seen_marks:
        message = "Another request of the same user came between."
        raise LedgerConflictError(message)


async def _advance(parts: ChangeParts, task: Task, mark: Watermark) -> None:
    for phone_type, expected in task.marks.items():
        await parts.ports.watermarks.advance(task.state.user.id, phone_type, mark, expected)


async def _intended(parts: ChangeParts, record: Record, plan: Write, mark: Watermark, noted: Noted) -> Taken:
    """Notes the intent before the write; an earlier one of the same kind is kept: it saw what stood there before."""
    intent = intent_of(plan)
    if record.intent is not None and record.intent.code is intent.code:
        return Taken(plan, mark, record.intent, record, record, noted)
    return Taken(plan, mark, intent, await parts.ports.ledger.note_intent(record, intent), record, noted)
