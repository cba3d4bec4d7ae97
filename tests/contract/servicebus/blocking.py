"""The blocking SDK's handlers, opened and closed side by side: either takes each half a second on its own account."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from azure.servicebus import ServiceBusReceivedMessage, ServiceBusReceiver, ServiceBusSender

from tests.contract.servicebus.handlers import PATIENCE


class Background:
    """Closes what tests are done with while the next test runs."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._handlers: list[Future[None]] = []
        self._tests: list[Future[None]] = []

    @contextmanager
    def opened[*Handlers](self, *handlers: *Handlers) -> Iterator[tuple[*Handlers]]:
        """Opens handlers together; they are closed behind the back of the tests that follow."""
        several = [one for one in handlers if isinstance(one, ServiceBusSender | ServiceBusReceiver)]
        try:
            list(self._pool.map(lambda one: one.__enter__(), several))
            yield handlers
        finally:
            self._handlers += [self._pool.submit(one.close) for one in several]

    def end(self, close: Callable[[], None]) -> None:
        """Ends a test once all its handlers are closed."""
        handlers, self._handlers = self._handlers, []

        def ended() -> None:
            for handler in handlers:
                handler.result()
            close()

        self._tests.append(self._pool.submit(ended))

    def join(self) -> None:
        """Waits until everything is closed, and raises what failed in it."""
        for test in self._tests:
            test.result()


def receive(receiver: ServiceBusReceiver, count: int = 1) -> list[ServiceBusReceivedMessage]:
    """Receives that many messages; a receive call of the SDK may give fewer."""
    messages: list[ServiceBusReceivedMessage] = []
    while len(messages) < count:
        got = receiver.receive_messages(count - len(messages), max_wait_time=PATIENCE)
        assert got
        messages += got
    return messages


def texts(messages: list[ServiceBusReceivedMessage]) -> list[str]:
    """Gives the bodies."""
    return [str(message) for message in messages]


def left(receiver: ServiceBusReceiver) -> list[str]:
    """Gives the bodies of what an entity still has."""
    return texts(receiver.peek_messages(100, sequence_number=1))
