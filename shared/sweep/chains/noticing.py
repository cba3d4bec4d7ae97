"""Tells people whose only method is a phone to register a passkey: in weekly waves, by department."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from shared.errors import DirectoryRefusedError, TransientError
from shared.graph.faults import AnswerLostError
from shared.sweep import sources
from shared.sweep.follow_up import FOLLOW_UPS, FollowUp, FollowUpKind
from shared.sweep.live import give_way
from shared.sweep.passkey_mail import passkey_mail
from shared.sweep.ports import Claim, Notice
from shared.sweep.stepping import Step, Stepped
from shared.sweep.summing import merged_tally
from shared.sweep.waves import in_turn, wave_of
from shared.sweep.work_file import SLOTS, Share, slot_of

# A step ends before its message's lock does, however slowly Exchange answers and however busy the worker is.
_STEP_LIMIT = 180.0
_MINUTE = 60.0


class Place(BaseModel):
    """How far the wave has come: the department whose turn it is, and the last of its people who was looked at."""

    model_config = ConfigDict(frozen=True)

    department: int = 0
    after: str = ""


@dataclass(slots=True)
class _Wave:
    """What a step may still send, and until when, by the monotonic clock; and what came of it."""

    name: str
    room: int
    until: float
    counted: dict[str, int] = field(default_factory=dict)

    def has_room(self, now: float) -> bool:
        return self.room > 0 and now < self.until

    def count(self, what: str) -> None:
        self.counted[what] = self.counted.get(what, 0) + 1


async def noticing(step: Step) -> Stepped:
    """Sends the next mails of a week's wave; nothing where policy does not switch it on."""
    rules = step.parts.policy.rules.sweep.passkey_notices
    if not rules.enabled:
        return Stepped(done=True)
    name = wave_of(step.run.started_at.date(), rules.weekday)
    left = rules.most_per_wave - await step.ports.notices.count(name)
    clock = step.ports.clock
    wave = _Wave(name, left, clock.monotonic() + _STEP_LIMIT)
    departments = await _departments(step)
    place = Place.model_validate_json(step.state.cursor) if step.state.cursor else Place()
    while wave.has_room(clock.monotonic()) and place.department < len(departments):
        place = await _tell_department(step, wave, departments[place.department], place)
    done = left <= 0 or place.department >= len(departments)
    return Stepped(place.model_dump_json(), done, wave.counted, _remarks(step, wave, left))


def _remarks(step: Step, wave: _Wave, left: int) -> tuple[str, ...]:
    told = []
    if left <= 0:
        told.append(f"This week's wave of passkey notices ({wave.name}) is full: the others get theirs later.")
    if wave.counted.get("without_address") or step.state.count("without_address"):
        told.append("Some people whose only method is a phone have no mail address: nobody told them of passkeys.")
    return tuple(told)


async def _departments(step: Step) -> tuple[str, ...]:
    """Gives the departments in which somebody has a phone alone, in the order of their turn."""
    tally = await merged_tally(step.ports.files, step.run.run_id)
    concerned = (name for name, group in tally.departments.tallies.items() if group.phone_only)
    return in_turn(concerned, step.parts.policy.rules.sweep.passkey_notices.departments)


async def _tell_department(step: Step, wave: _Wave, department: str, place: Place) -> Place:
    """Goes on with one department, and gives where to go on after it."""
    for person in await _people(step, department, place.after):
        if not wave.has_room(step.ports.clock.monotonic()):
            return place
        await _tell(step, wave, person)
        place = Place(department=place.department, after=person.user_id)
    return Place(department=place.department + 1)


async def _people(step: Step, department: str, after: str) -> Sequence[FollowUp]:
    slot = Share(slot_of(department), SLOTS)
    rows = sources.stretches(step.ports.files, step.run.run_id, "follow-ups/", FOLLOW_UPS, slot)
    concerned = [row async for row in rows if _is_concerned(row, department) and row.user_id > after]
    return sorted(concerned, key=lambda row: row.user_id)


def _is_concerned(row: FollowUp, department: str) -> bool:
    return row.kind is FollowUpKind.PASSKEY_NOTICE and row.department.casefold() == department


async def _tell(step: Step, wave: _Wave, person: FollowUp) -> None:
    """Claims one person's notice and sends it: never a second one, even at the price of none."""
    if not person.mail:
        wave.count("without_address")
        return
    rules, now = step.parts.policy.rules.sweep.passkey_notices, step.ports.clock.now()
    notice = Notice(person.user_id, wave.name, step.run.run_id, now)
    claim = await step.ports.notices.claim(notice, rules.period)
    if claim is not Claim.TAKEN:
        # An earlier try of this step has claimed what is ours, and no longer knows what came of it.
        wave.count("told_before" if claim is Claim.TOLD else "perhaps_sent")
        return
    wave.room -= 1
    wave.count(await _sent(step, person, notice))
    await step.ports.clock.sleep(_MINUTE / rules.per_minute)


async def _sent(step: Step, person: FollowUp, notice: Notice) -> str:
    """Sends the mail. Raises TransientError, so that a mailbox that is out of order does not use up everyone's notice.

    The claim stays where the mail has perhaps gone out: the next try finds it, and goes on after it.
    """
    await give_way(step.ports)
    try:
        await step.ports.mail.send(passkey_mail(person, notice, step.parts.policy.rules))
    except AnswerLostError:
        raise
    except TransientError:
        await step.ports.notices.release(notice)
        raise
    except DirectoryRefusedError:
        return "refused"
    return "sent"
