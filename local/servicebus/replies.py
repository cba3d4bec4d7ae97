"""Answers to attaches."""

import logging

from local.servicebus.amqp.errors import error
from local.servicebus.amqp.performatives import Attach, Detach, Source, Target
from local.servicebus.carrier import Carrier
from local.servicebus.entities.errors import ServiceBusError

logger = logging.getLogger(__name__)


def accepting(attach: Attach) -> Attach:
    """Makes the answer that attaches a link: the other side's role, and both termini as they were asked for."""
    return Attach(
        name=attach.name,
        handle=attach.handle,
        role=not attach.role,
        snd_settle_mode=attach.snd_settle_mode,
        rcv_settle_mode=attach.rcv_settle_mode,
        # The SDK takes an empty or missing terminus for a refusal.
        source=attach.source or Source(),
        target=attach.target or Target(),
        initial_delivery_count=0 if attach.role else None,
        properties={},
    )


def refuse(session: Carrier, attach: Attach, refusal: ServiceBusError) -> None:
    """Refuses a link: it is attached without the terminus that was asked for, and detached with the reason.

    With the terminus the SDK would believe that the link is there, and hear of the reason only later.
    """
    logger.info("link %s refused: %s %s", attach.name, refusal.condition, refusal.description)
    answer = accepting(attach)
    if attach.role:
        answer.source = None
    else:
        answer.target = None
    session.send(answer)
    session.send(Detach(attach.handle, closed=True, error=error(refusal.condition, refusal.description)))
    session.forget(attach.handle)
