"""The whole stack under SIGKILL: a day's requests while programs die at random, and the checker decides.

What is killed: the Functions host most often, Graph's twin, and the storage, now and then two at once. Graph and
Azure's storage do not forget what they have acknowledged, so neither do their stand-ins here: the twin keeps a journal,
Azurite saves before it answers. Service Bus lives on: its stand-in keeps messages in memory, and Azure's loses none.

The rules are those of the simulation (`tests/simulation/checker.py`), over a history put together from outside
(`evidence.py`). What cannot be seen from there:

- `ended_twice`: a row has one outcome. That a second one overwrote it shows as a *ghost*: the first one's event.
- `told_differently`: the topic drops copies within 20 s; those that come later are compared.
- `stale`, `denied`: whose a removal was is not written on it; of the removals of that phone that were under way the
  newest gets the credit. Writes of numbers are told apart, since no number is asked for twice.
- `notified_twice`: a second mail is excused, and counted, where a kill came between the two (docs/reliability.md).

Other programs on the machine make it slower, not wrong. `SEED=7` runs one again: the same messages and victims, though
never the same moments.
"""

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from azure.servicebus.aio import ServiceBusClient

from local.stack import running_stack
from tests.e2e.evidence import Evidence, phones_in
from tests.e2e.killing import Run, drawn, keep
from tests.e2e.mortal_stack import options
from tests.simulation.checker import broken
from tests.simulation.soak import company


@pytest.mark.long
@pytest.mark.parametrize(("requests", "kills", "span"), [(60, 4, 15), (1000, 40, 120)], ids=["quick", "full"])
async def test_every_promise_is_kept_while_programs_are_killed(
    requests: int, kills: int, span: float, tmp_path: Path
) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1_000_000)))
    print(f"\nSEED={seed}, everything is in {tmp_path}")  # noqa: T201 - to be run again
    rng = random.Random(seed)  # noqa: S311 - a seed, no secret
    people = company(max(requests // 8, 3), rng)
    async with (
        running_stack(options(tmp_path, people)) as stack,
        ServiceBusClient.from_connection_string(stack.service_bus) as bus,
    ):
        run = Run(stack, bus, people, drawn(people, requests, span, rng), kills, rng)
        evidence = await run.to_the_end()
        phones = phones_in(await run.tenant())
        waiting = await run.rows("waiting")
    keep(evidence, tmp_path / "seen.jsonl")
    print(_summary(run, evidence))  # noqa: T201 - people watch it
    assert waiting == [], "nobody waits any more"
    assert broken(evidence.history(), phones) == [], f"seed {seed}"
    assert len(run.killed) >= kills


def _summary(run: Run, evidence: Evidence) -> str:
    outcomes = Counter(str(row["outcome"]) for row in evidence.ends.values())
    codes = Counter(str(row["code"]) for row in evidence.ends.values())
    copies = len(evidence.events) - len({event.message_id for event in evidence.events})
    lines = {
        "requests": f"{len(run.sent)} sent, {run.expected} without repeats, in {time.monotonic() - run.started:.0f} s",
        "kills": dict(Counter(name for _, name in run.killed)),
        "outcomes": dict(outcomes.most_common()),
        "codes": dict(codes.most_common()),
        "writes": f"{len(evidence.journal)}, of them repeated {evidence.repeated_writes()}",
        "events": f"{len(evidence.events)}, of them copies {copies}",
        "parked": len(evidence.parked),
        "mails": f"{len(evidence.mails)}, of them twice because of a kill {evidence.twice_excused()}",
    }
    return "\n".join(f"{name + ':':12}{value}" for name, value in lines.items())
