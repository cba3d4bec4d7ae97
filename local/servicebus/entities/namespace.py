"""All entities of a namespace, found by their paths; paths are compared without their case, as Service Bus does."""

from local.servicebus.clock import Clock
from local.servicebus.entities.errors import EntityNotFoundError
from local.servicebus.entities.message import Transit
from local.servicebus.entities.queue import DeadLetterQueue, Queue
from local.servicebus.entities.settings import NamespaceSettings, QueueSettings, TopicSettings
from local.servicebus.entities.topic import Subscription, Topic
from local.servicebus.entities.traffic import Traffic

type Entity = Queue | Topic

DEAD_LETTERS = "$DeadLetterQueue"
TRANSFER_DEAD_LETTERS = "$Transfer/$DeadLetterQueue"


class Namespace:
    """The entities of a set of settings."""

    def __init__(self, settings: NamespaceSettings, clock: Clock) -> None:
        self._clock = clock
        # By the entity's name; Azure Monitor knows subscriptions and dead-letter queues under that alone.
        self.traffic: dict[str, Traffic] = {name: Traffic(clock) for name in (*settings.queues, *settings.topics)}
        self._entities: dict[str, Entity] = {}
        for name, queue in settings.queues.items():
            self._add_queue(name, queue, self.traffic[name])
        for name, topic in settings.topics.items():
            self._add_topic(name, topic)

    def entity(self, path: str) -> Entity:
        """Finds a queue, topic, subscription or dead-letter queue.

        Raises EntityNotFoundError.
        """
        found = self._entities.get(path.strip("/").lower())
        if found is None:
            message = f"The messaging entity '{path}' could not be found."
            raise EntityNotFoundError(message)
        return found

    def subscription(self, path: str) -> Subscription | None:
        """Gives the subscription, with its rules, that has this path, if it is one."""
        name, _, subscription = path.strip("/").lower().partition("/subscriptions/")
        topic = self._entities.get(name)
        return topic.subscriptions.get(subscription) if isinstance(topic, Topic) else None

    def _add_queue(self, path: str, settings: QueueSettings, traffic: Traffic) -> Queue:
        queue = Queue(path, settings, self._clock, self._forward, traffic)
        queue.dead_letters = self._add_dead_letters(f"{path}/{DEAD_LETTERS}", settings, traffic)
        queue.transfer_dead_letters = self._add_dead_letters(f"{path}/{TRANSFER_DEAD_LETTERS}", settings, traffic)
        self._entities[path.lower()] = queue
        return queue

    def _add_dead_letters(self, path: str, settings: QueueSettings, traffic: Traffic) -> DeadLetterQueue:
        queue = DeadLetterQueue(path, settings, self._clock, self._forward, traffic)
        self._entities[path.lower()] = queue
        return queue

    def _add_topic(self, path: str, settings: TopicSettings) -> None:
        traffic = self.traffic[path]
        subscriptions = {
            name.lower(): Subscription(
                self._add_queue(f"{path}/Subscriptions/{name}", each.queue, traffic), dict(each.rules)
            )
            for name, each in settings.subscriptions.items()
        }
        self._entities[path.lower()] = Topic(path, settings, self._clock, subscriptions, traffic)

    def _forward(self, entity: str, transit: Transit) -> None:
        self.entity(entity).intake.send([transit])
