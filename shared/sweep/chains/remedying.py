"""Asks for what the sweep may set right by itself, in requests as everyone's: off by default, and capped per run."""

import hashlib

from shared.directory_user import StoredPhone
from shared.errors import DirectoryRefusedError
from shared.sweep import sources
from shared.sweep.follow_up import FOLLOW_UPS, FollowUp, FollowUpKind
from shared.sweep.live import give_way
from shared.sweep.remedy_request import RemedyRequests, is_wanted
from shared.sweep.stepping import Step, Stepped
from shared.sweep.words import RequestMessage
from shared.sweep.work_file import WHOLE

# Little is done again where a step is cut off, and copies of it are taken for copies.
_IN_A_STEP = 100
# A step ends before its message's lock does, however slowly Graph answers and however busy the worker is.
_STEP_LIMIT = 180.0


async def remedying(step: Step) -> Stepped:
    """Asks for the next changes; nothing where policy does not switch it on."""
    rules = step.parts.policy.rules.sweep.remediation
    if not (rules.leavers or rules.formats):
        return Stepped(done=True)
    chosen, found = await _chosen(step, rules.most_per_run)
    start = int(step.state.cursor or 0)
    sent = await _ask_for_all(step, chosen[start : start + _IN_A_STEP])
    end = start + len(sent)
    done = end >= len(chosen)
    return Stepped(str(end), done, {"requests": sum(sent)}, _left(found - len(chosen)) if done else ())


async def _ask_for_all(step: Step, follow_ups: list[FollowUp]) -> list[bool]:
    """Sends as many requests as there is time for; says of each follow-up whether there was one to send."""
    clock, sent = step.ports.clock, list[bool]()
    until = clock.monotonic() + _STEP_LIMIT
    for follow_up in follow_ups:
        if clock.monotonic() >= until:
            break
        sent.append(await _ask_for(step, follow_up))
    return sent


async def _chosen(step: Step, most: int) -> tuple[list[FollowUp], int]:
    """Gives what a run asks for, the same at every step, and how much there is in all."""
    chosen: list[FollowUp] = []
    found = 0
    rows = sources.stretches(step.ports.files, step.run.run_id, "follow-ups/", FOLLOW_UPS, WHOLE)
    async for follow_up in rows:
        if is_wanted(follow_up, step.parts.policy.rules):
            found += 1
            chosen.append(follow_up)
        if len(chosen) >= 2 * most:
            chosen = _first(chosen, step.run.run_id, most)
    return _first(chosen, step.run.run_id, most), found


def _first(follow_ups: list[FollowUp], run_id: str, most: int) -> list[FollowUp]:
    """Gives those whose turn it is: leavers before numbers, within each in an order that every run draws anew.

    In an order that stays, those whose requests policy refuses would stand before all others for ever.
    """

    def turn(follow_up: FollowUp) -> tuple[bool, bytes, str]:
        drawn = hashlib.blake2b(f"{run_id}:{follow_up.user_id}".encode(), digest_size=8).digest()
        return follow_up.kind is not FollowUpKind.REMOVE_PHONES, drawn, follow_up.phone_type or ""

    return sorted(follow_ups, key=turn)[:most]


def _left(count: int) -> tuple[str, ...]:
    if count <= 0:
        return ()
    return (f"{count:,} more could be set right: policy's sweep.remediation.mostPerRun leaves them to the next run.",)


async def _ask_for(step: Step, follow_up: FollowUp) -> bool:
    """Sends one request; says whether there was one to send."""
    await give_way(step.ports)
    request = await _request(step, follow_up)
    if request is None:
        return False
    await step.ports.requests.send(request)
    return True


async def _request(step: Step, follow_up: FollowUp) -> RequestMessage | None:
    requests = RemedyRequests(step.run, step.parts.policy.rules)
    if follow_up.kind is FollowUpKind.REMOVE_PHONES:
        return requests.removal(follow_up)
    return requests.rewriting(follow_up, await _phones(step, follow_up.user_id))


async def _phones(step: Step, user_id: str) -> tuple[StoredPhone, ...]:
    """Reads the phones anew: no number is kept between the reading and now. Who is gone has none."""
    try:
        return await step.ports.phones.read_phones(user_id)
    except DirectoryRefusedError:
        return ()
