"""The chains that read whole lists: protection, the registration report, the people, what changes left."""

from shared.sweep.chains.listing import Listing, list_page
from shared.sweep.kinds import EXPECTED, PEOPLE, PROTECTION, REGISTERED
from shared.sweep.live import give_way
from shared.sweep.stepping import Step, Stepped, spaced

PROTECTION_FILE = "protection.json"


async def protection(step: Step) -> Stepped:
    """Reads whom policy protects, in one step."""
    await give_way(step.ports)
    found = await step.ports.protection.read()
    await step.ports.files.write(step.run.run_id, PROTECTION_FILE, PROTECTION.dump_json(found))
    unknown = ", ".join(sorted(part.replace("_", " ") for part in found.undetermined))
    told = f"Microsoft Graph refuses to tell {unknown}: who is protected is not fully known." if unknown else ""
    return Stepped(done=True, counted={"people": len(found.people)}, remarks=(told,) if told else ())


async def registration(step: Step) -> Stepped:
    """Reads a page of the registration report, at the pace that Microsoft allows."""
    await step.wait()
    started = step.ports.clock.now()
    stepped = await list_page(step, Listing(step.ports.registration.page, REGISTERED, "the registration report"))
    limit = step.parts.options.report_calls_per_10_s
    return Stepped(stepped.cursor, stepped.done, stepped.counted, stepped.remarks, spaced(started, limit))


async def people(step: Step) -> Stepped:
    """Reads a page of the directory's users."""
    return await list_page(step, Listing(step.ports.people.page, PEOPLE, "the list of users"))


async def expected(step: Step) -> Stepped:
    """Reads a page of what this product's changes left."""
    return await list_page(step, Listing(step.ports.expected.page, EXPECTED, "the list of changes"))
