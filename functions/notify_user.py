"""Completion events from the topic's notification subscription: mails to the user and whomever policy names."""

import azure.functions as func

from functions.watched import delivery
from shared.composition import application, configuration

bp = func.Blueprint()


@bp.function_name(name="notify_user")
@bp.service_bus_topic_trigger(
    arg_name="message",
    connection="ServiceBusConnection",
    topic_name="%EVENT_TOPIC%",
    subscription_name="%NOTIFICATION_SUBSCRIPTION%",
)
async def notify_user(message: func.ServiceBusMessage, context: func.Context) -> None:
    """Sends the mails of one event that were not sent before."""
    settings = configuration().settings
    with delivery(message, context, settings.event_topic, settings.notification_subscription):
        await application().notifications.handle(message.get_body())
