"""The control side, for the person or the test that runs the broker: /_twin. Not part of Azure Monitor."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.monitor.entities import entities_as_json
from local.monitor.refusals import RefusedError, bad_request
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.queue import Queue
from local.servicebus.entities.traffic import Metric


class Vanishing(BaseModel):
    """How many messages of a queue, or of one session of it, vanish when they come next.

    With a time, no message does: so many more are counted as completed in that minute.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    queue: str
    session: str | None = None
    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    at: AwareDatetime | None = None


class Control:
    """Looks at the broker's entities and lets messages vanish."""

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace

    async def entities(self, _: Request) -> Response:
        """Tells what the broker runs with."""
        return JSONResponse(entities_as_json(self._namespace))

    async def vanish(self, request: Request) -> Response:
        """Lets messages be completed that no receiver gets, as if somebody had been quicker."""
        try:
            told = Vanishing.model_validate_json(await request.body())
            self._vanish(told)
        except ValidationError as fault:
            return bad_request(f"This is no vanishing: {fault.error_count()} faults.").as_response()
        except RefusedError as refused:
            return refused.as_response()
        return Response(status_code=204)

    def _vanish(self, told: Vanishing) -> None:
        known = {name.lower() for name in self._namespace.traffic}
        queue = self._namespace.entity(told.queue) if told.queue.lower() in known else None
        if not isinstance(queue, Queue):
            message = f"There is no queue '{told.queue}'."
            raise bad_request(message)
        if told.at is None:
            queue.vanishing[told.session] += told.count
        else:
            queue.traffic.note(Metric.COMPLETED, told.count, told.at)


def control_routes(namespace: Namespace) -> list[Route]:
    """Gives the routes of the control side."""
    control = Control(namespace)
    return [
        Route("/_twin/entities", control.entities, methods=["GET"]),
        Route("/_twin/vanish", control.vanish, methods=["POST"]),
    ]
