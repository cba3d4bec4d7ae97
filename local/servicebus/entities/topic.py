"""A topic: each of its subscriptions gets a copy of every message that one of its rules lets through."""

from dataclasses import replace

from local.servicebus.clock import Clock
from local.servicebus.entities.filters import DEFAULT_RULE, Filter, TrueFilter
from local.servicebus.entities.intake import Intake
from local.servicebus.entities.message import Transit
from local.servicebus.entities.queue import Queue
from local.servicebus.entities.settings import TopicSettings
from local.servicebus.entities.store import MessageStore
from local.servicebus.entities.traffic import Traffic


class Subscription:
    """A queue that a topic fills. Without rules it gets everything: that is Service Bus's default rule."""

    def __init__(self, queue: Queue, rules: dict[str, Filter]) -> None:
        self.queue = queue
        self.rules: dict[str, Filter] = rules or {DEFAULT_RULE: TrueFilter()}

    def wants(self, transit: Transit) -> bool:
        """Says whether a rule lets the message through."""
        return any(rule.matches(transit.content) for rule in self.rules.values())


class Topic:
    """Takes messages like a queue and keeps none but scheduled ones."""

    def __init__(
        self,
        path: str,
        settings: TopicSettings,
        clock: Clock,
        subscriptions: dict[str, Subscription],
        traffic: Traffic,
    ) -> None:
        self.path = path
        self.settings = settings
        self.subscriptions = subscriptions
        self.store = MessageStore()
        self.intake = Intake(
            clock, self.store, self.accept, traffic=traffic, duplicate_window=settings.duplicate_window
        )

    def accept(self, transit: Transit) -> None:
        """Gives every subscription that wants the message a copy."""
        first = transit.enqueued_sequence_number or self.store.next_number()
        copy = replace(transit, enqueued_sequence_number=first, time_to_live=self.settings.default_time_to_live)
        for subscription in self.subscriptions.values():
            if subscription.wants(transit):
                subscription.queue.accept(copy)
