"""A run says what it could not see, and never takes it for a pass or for a violation."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.compliance.rows import MethodsRefused, Person, Protection, Registered, Unavailable
from shared.directory_user import Undetermined
from shared.errors import DirectoryUnavailableError
from shared.sweep.ports import BatchAnswer, LinkExpiredError, Page
from shared.sweep.words import Chain
from tests.fakes.sweep import MemoryTenant
from tests.scenario.sweep.tenants import tenant_of
from tests.scenario.sweep.world import SweepWorld, sweep_policy

NO_LICENCE = Unavailable("The tenant has no Entra ID P1, so there is no registration report.", "licence")
NO_METHODS = Unavailable("The app may not read methods.", "permission")


async def finished(world: SweepWorld) -> SweepWorld:
    await world.run()
    return world


def codes(world: SweepWorld, verdict: str = "violation") -> list[tuple[str, str]]:
    return sorted((line["code"], line["userPrincipalName"]) for line in world.findings if line["verdict"] == verdict)


async def test_without_a_licence_everyone_is_read_and_the_same_is_found() -> None:
    tenant = tenant_of()
    tenant.refused["registration"] = NO_LICENCE
    world, whole = await finished(SweepWorld(tenant)), await finished(SweepWorld(tenant_of()))
    assert codes(world) == codes(whole)
    assert sorted(tenant.asked) == sorted(person.user_id for person in tenant.people)
    assert world.summary.complete
    assert NO_LICENCE.why in world.summary.remarks


async def test_without_a_licence_and_within_a_budget_whoever_was_not_read_is_unknown() -> None:
    tenant = tenant_of()
    tenant.refused["registration"] = NO_LICENCE
    world = await finished(SweepWorld(tenant, sweep_policy(mostReads=10)))
    assert len(tenant.asked) == 10
    assert world.summary.coverage.known == 10
    assert world.summary.coverage.unread == 14
    assert not world.summary.complete
    unread = {person.user_principal_name for person in tenant.people if person.user_id not in tenant.asked}
    assert unread == {name for code, name in codes(world, "unknown") if code in {"no_method", "leaver_with_phone"}}


async def test_without_licence_and_permission_nobody_is_judged() -> None:
    tenant = tenant_of()
    tenant.refused |= {"registration": NO_LICENCE, "readings": NO_METHODS}
    world = await finished(SweepWorld(tenant))
    assert codes(world) == []
    assert world.summary.coverage.known == 0
    assert not world.summary.complete
    assert {NO_LICENCE.why, NO_METHODS.why} <= set(world.summary.remarks)


async def test_a_run_that_knows_less_than_policys_share_calls_itself_incomplete() -> None:
    tenant = tenant_of()
    for person in tenant.people[2::4]:
        del tenant.methods[person.user_id]
    strict = await finished(SweepWorld(tenant, sweep_policy(completeShare=0.8)))
    assert strict.summary.coverage.share == 0.75
    assert not strict.summary.complete
    assert "75\u202f%" in strict.summary.incomplete_because[0]
    mild = await finished(SweepWorld(tenant, sweep_policy(completeShare=0.75)))
    assert mild.summary.complete


async def test_where_users_cannot_be_listed_the_run_says_so_and_ends() -> None:
    tenant = tenant_of()
    tenant.refused["people"] = Unavailable("The app may not list users.", "permission")
    world = await finished(SweepWorld(tenant))
    assert not world.summary.complete
    assert world.summary.coverage.people == 0
    assert "The app may not list users." in world.summary.remarks


async def test_unknown_protection_makes_no_one_a_protected_person() -> None:
    tenant = tenant_of()
    tenant.protected = Protection(undetermined=frozenset({Undetermined.ELIGIBLE_ROLES}))
    world = await finished(SweepWorld(tenant))
    assert [code for code, _ in codes(world) if code == "protected_on_phone"] == []
    assert "protected_on_phone" in {code for code, _ in codes(world, "unknown")}
    assert any("eligible roles" in remark for remark in world.summary.remarks)


class ExpiringTenant(MemoryTenant):
    """Its links expire, as often as it is told."""

    expiring = 1

    async def people_page(self, link: str) -> Page[Person] | Unavailable:
        if link == "14" and self.expiring:
            self.expiring -= 1
            raise LinkExpiredError
        return await super().people_page(link)


def expiring(times: int) -> ExpiringTenant:
    tenant = tenant_of()
    found = ExpiringTenant(tenant.people, tenant.report, tenant.methods, tenant.marks, tenant.protected)
    found.expiring = times
    return found


async def test_a_list_whose_link_expired_is_read_again_and_nobody_counts_twice() -> None:
    world = await finished(SweepWorld(expiring(2)))
    assert world.summary.coverage.people == 24
    assert world.summary.complete
    assert codes(world) == codes(await finished(SweepWorld(tenant_of())))


async def test_a_report_that_cannot_be_read_to_its_end_is_made_up_for_by_readings() -> None:
    class Expiring(MemoryTenant):
        async def registration_page(self, link: str) -> Page[Registered] | Unavailable:
            if link:
                raise LinkExpiredError
            return await super().registration_page(link)

    tenant = tenant_of()
    world = await finished(
        SweepWorld(Expiring(tenant.people, tenant.report, tenant.methods, tenant.marks, tenant.protected))
    )
    assert codes(world) == codes(await finished(SweepWorld(tenant_of())))
    assert world.summary.complete
    assert any("links expire" in remark for remark in world.summary.remarks)


async def test_people_whom_the_list_of_users_leaves_out_make_the_run_incomplete() -> None:
    tenant = tenant_of()
    tenant.people.pop(0)
    world = await finished(SweepWorld(tenant))
    assert not world.summary.complete
    assert "lacks 1 people" in world.summary.incomplete_because[0]


async def test_a_run_that_could_read_nobody_does_not_call_itself_complete() -> None:
    """The report names all of them, and says nothing of their numbers."""
    tenant = tenant_of()
    tenant.people = tenant.people[::4]
    named = {person.user_id for person in tenant.people}
    tenant.report = [row for row in tenant.report if row.user_id in named]
    world = await finished(SweepWorld(tenant, sweep_policy(mostReads=0)))
    assert (world.summary.coverage.people, world.summary.coverage.unread) == (6, 6)
    assert not world.summary.complete


async def test_one_person_who_is_refused_stops_no_other_reading() -> None:
    tenant = tenant_of()

    class Picky(MemoryTenant):
        async def read(self, user_ids: Sequence[str]) -> BatchAnswer | Unavailable:
            if len(self.asked) > 5:
                return NO_METHODS
            return await super().read(user_ids)

    picky = Picky(tenant.people, tenant.report, tenant.methods, tenant.marks, tenant.protected)
    world = await finished(SweepWorld(picky))
    assert NO_METHODS.why not in world.summary.remarks


async def test_who_was_deleted_during_the_run_is_unknown_and_nobodys_headline() -> None:
    tenant = tenant_of()
    gone = tenant.people[12].user_id

    class Deleting(MemoryTenant):
        async def read(self, user_ids: Sequence[str]) -> BatchAnswer | Unavailable:
            answer = await super().read(user_ids)
            assert isinstance(answer, BatchAnswer)
            rows = [
                MethodsRefused(gone, "HTTP 404", is_gone=True) if each.user_id == gone else each
                for each in answer.readings
            ]
            return replace(answer, readings=tuple(rows))

    deleting = Deleting(tenant.people, tenant.report, tenant.methods, tenant.marks, tenant.protected)
    world = await finished(SweepWorld(deleting))
    assert ("phone_only", "person12@contoso.example") in codes(world, "unknown")
    assert ("phone_only", "person12@contoso.example") not in codes(world)
    assert world.summary.phone_only == 5


async def test_a_list_that_cannot_be_read_to_its_end_makes_the_run_incomplete() -> None:
    world = await finished(SweepWorld(expiring(99)))
    assert not world.summary.complete
    assert world.summary.coverage.people == 14


async def test_a_run_that_takes_too_long_goes_on_with_what_it_has() -> None:
    world = SweepWorld(tenant_of(), sweep_policy(longest="PT1H"))
    await world.start()
    while (await world.runs.chain("20261126T0100Z", Chain.PEOPLE)).step < 2:  # type: ignore[union-attr]
        await world.hand_out()
    world.clock.move(hours=2)
    await world.service.resume()
    await world.drain()
    assert not world.summary.complete
    assert world.summary.coverage.people < 24
    assert any("cut short" in remark for remark in world.summary.remarks)


class Unsteady(MemoryTenant):
    """Answers nobody at the first try, and some people never."""

    def __init__(self, tenant: MemoryTenant, never: set[str]) -> None:
        super().__init__(tenant.people, tenant.report, tenant.methods, tenant.marks, tenant.protected)
        self.never, self.tried = never, set[str]()

    async def read(self, user_ids: Sequence[str]) -> BatchAnswer | Unavailable:
        again = [each for each in user_ids if each in self.never or each not in self.tried]
        self.tried.update(user_ids)
        answer = await super().read([each for each in user_ids if each not in again])
        assert isinstance(answer, BatchAnswer)
        return replace(answer, again=tuple(again), retry_after=3.0 if again else None, throttled=len(again))


async def test_whoever_was_throttled_is_asked_again() -> None:
    world = await finished(SweepWorld(Unsteady(tenant_of(), set())))
    assert codes(world) == codes(await finished(SweepWorld(tenant_of())))
    assert world.summary.effort.throttled >= 18


async def test_whoever_never_gets_an_answer_is_unknown() -> None:
    tenant = tenant_of()
    world = await finished(SweepWorld(Unsteady(tenant, {tenant.people[2].user_id})))
    assert ("leaver_with_phone", "person2@contoso.example") in codes(world, "unknown")
    assert ("leaver_with_phone", "person2@contoso.example") not in codes(world)


async def test_while_graph_is_out_of_order_the_run_waits_and_loses_nothing() -> None:
    world = SweepWorld(tenant_of())
    world.deaths.faults = {number: DirectoryUnavailableError() for number in range(60, 120)}
    await world.run()
    assert codes(world) == codes(await finished(SweepWorld(tenant_of())))


async def test_changes_that_people_wait_for_go_first() -> None:
    world = SweepWorld(tenant_of())
    world.live.busy = True
    await world.run()
    asked = len(world.tenant.pages) + 1 + world.deaths.names.count("methods.read")
    assert len([wait for wait in world.clock.waits if wait == 0.25]) == 40 * asked


async def test_the_report_is_read_at_the_pace_that_microsoft_allows() -> None:
    tenant = tenant_of()
    tenant.page_size = 1
    world = SweepWorld(tenant)
    moments: list[float] = []
    ask = tenant.registration_page

    async def timed(link: str) -> Page[Registered] | Unavailable:
        moments.append(world.clock.monotonic())
        return await ask(link)

    tenant.registration_page = timed  # type: ignore[method-assign]
    await world.start()
    while report := [each for each in world.queue.waiting if each[0].chain is Chain.REGISTRATION]:
        world.queue.waiting = report
        await world.hand_out()
    assert len(moments) == len(tenant.report)
    for first in range(len(moments) - 5):
        assert moments[first + 5] - moments[first] >= 10


@pytest.mark.parametrize("guests", [False, True])
async def test_guests_are_checked_where_policy_says_so_and_counted_otherwise(guests: bool) -> None:  # noqa: FBT001 - a parameter of a test
    tenant = tenant_of()
    tenant.people[0] = replace(tenant.people[0], user_type="guest")
    tenant.report = [
        replace(row, user_type="guest") if row.user_id == tenant.people[0].user_id else row for row in tenant.report
    ]
    world = await finished(SweepWorld(tenant, sweep_policy(guests=guests)))
    assert world.summary.coverage.guests_left_out == (0 if guests else 1)
    assert (tenant.people[0].user_id in tenant.asked) is guests
    assert (("phone_only", "person0@contoso.example") in codes(world)) is guests


async def test_a_tenant_of_many_is_judged_a_share_at_a_time() -> None:
    world = SweepWorld(tenant_of(25_000), options=replace(SweepWorld().options, reads_per_10_s=100_000))
    world.tenant.page_size = 999
    await world.run()
    assert world.summary.coverage.people == 25_000
    assert world.summary.phone_only == 6_250
    shares = [name for name in world.deaths.names if name == "runs.advance"]
    assert len(shares) > 3
    assert world.clock.now() - world.summary.started_at < timedelta(hours=1)


async def test_a_run_that_is_cut_short_before_it_knows_whom_policy_protects_ends_all_the_same() -> None:
    world = SweepWorld(tenant_of(), sweep_policy(longest="PT1H"))
    await world.start()
    world.queue.waiting = [each for each in world.queue.waiting if each[0].chain is not Chain.PROTECTION]
    while world.queue.waiting:
        await world.hand_out()
    world.clock.move(hours=2)
    await world.service.resume()
    await world.drain()
    assert "protected_on_phone" in {code for code, _ in codes(world, "unknown")}
    assert any("cut short" in remark for remark in world.summary.remarks)


async def test_what_a_step_found_before_it_was_done_again_is_not_told() -> None:
    """The first try could not read somebody, and its worker died after it had told so; the second one could."""
    tenant = tenant_of()
    unsteady = Unsteady(tenant, {tenant.people[2].user_id})
    world = SweepWorld(unsteady)
    await world.start()
    while not await world.runs.chain("20261126T0100Z", Chain.JUDGING):
        await world.hand_out()
    (message, _) = world.queue.waiting[0]
    assert message.chain is Chain.JUDGING
    before = await world.runs.chain(message.run_id, Chain.JUDGING)
    await world.service.step(message.model_dump_json().encode())
    assert before is not None
    world.runs.states[message.run_id, Chain.JUDGING] = before
    world.queue.seen.clear()
    world.queue.waiting = [(message, timedelta(0))]
    unsteady.never.clear()
    await world.drain()
    assert codes(world, "unknown") == []
    assert codes(world) == codes(await finished(SweepWorld(tenant_of())))
