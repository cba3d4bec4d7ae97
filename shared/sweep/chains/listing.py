"""A step that reads one page of a long list: the report's, and the directory's. A page read twice counts once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.compliance.rows import Unavailable
from shared.sweep.kinds import UNAVAILABLE
from shared.sweep.live import give_way
from shared.sweep.ports import LinkExpiredError, Page
from shared.sweep.stepping import Step, Stepped
from shared.sweep.words import Chain
from shared.sweep.work_file import RowKind

# A list whose links keep expiring is given up: what was seen of it stays, and the run says so.
_MOST_RESTARTS = 3


@dataclass(frozen=True, slots=True)
class Listing[T]:
    """A long list, and how its rows are written."""

    read: Callable[[str], Awaitable[Page[T] | Unavailable]]
    kind: RowKind[T]
    # What people call it.
    name: str


async def list_page[T](step: Step, listing: Listing[T]) -> Stepped:
    """Reads the page that the chain has come to, and writes it down."""
    await give_way(step.ports)
    try:
        page = await listing.read(step.state.cursor)
    except LinkExpiredError:
        return await _restarted(step, listing.name)
    if isinstance(page, Unavailable):
        await step.ports.files.write(step.run.run_id, unavailable_file(step.state.chain), UNAVAILABLE.dump_json(page))
        return Stepped(done=True, remarks=(page.why,))
    await step.ports.files.write(step.run.run_id, step.file, listing.kind.packed(page.rows))
    counted = {"pages": 1, "rows": len(page.rows), "whole": int(not page.next)}
    return Stepped(page.next, not page.next, counted, page.remarks)


def unavailable_file(chain: Chain) -> str:
    """Gives the name of the file that says that a source cannot be read."""
    return f"unavailable/{chain}"


async def _restarted(step: Step, name: str) -> Stepped:
    """Begins the list again: whoever is listed twice counts once, because rows are joined by the user's id.

    What is given up counts as a source that cannot be read: whom it does not name is read one by one.
    """
    if step.state.count("restarts") >= _MOST_RESTARTS:
        told = f"{name[0].upper()}{name[1:]} could not be read to its end: Microsoft Graph let its links expire."
        file, why = unavailable_file(step.state.chain), UNAVAILABLE.dump_json(Unavailable(told))
        await step.ports.files.write(step.run.run_id, file, why)
        return Stepped(done=True, remarks=(told,))
    return Stepped("", counted={"restarts": 1})
