"""Keeps the lock of a message or session while it is worked on, as the processors of Azure.Messaging.ServiceBus do."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver, ServiceBusSession
from azure.servicebus.exceptions import (
    MessageAlreadySettled,
    MessageLockLostError,
    ServiceBusError,
    SessionLockLostError,
)

from local.clock import Clock, SystemClock

_log = logging.getLogger(__name__)

# CalculateRenewDelay of the .NET SDK: 10 s before the lock ends, or at half time when the lock is shorter than 20 s.
_MARGIN: Final = timedelta(seconds=10)
# A renewal that failed for a passing reason is not repeated faster than this.
_LEAST_PAUSE: Final = timedelta(milliseconds=400)

_ENDED = (MessageLockLostError, SessionLockLostError, MessageAlreadySettled, ValueError)


class Lock(Protocol):
    """Something that Service Bus locks for this receiver."""

    @property
    def locked_until(self) -> datetime:
        """When the lock ends unless it is renewed."""

    async def renew(self) -> None:
        """Locks for another lock duration."""


@dataclass
class MessageLock:
    """The lock of a message of an entity without sessions."""

    receiver: ServiceBusReceiver
    message: ServiceBusReceivedMessage

    def __str__(self) -> str:
        return f"message {self.message.message_id!r}"

    @property
    def locked_until(self) -> datetime:
        """When the lock ends unless it is renewed."""
        return self.message.locked_until_utc or datetime.max.replace(tzinfo=UTC)

    async def renew(self) -> None:
        """Locks for another lock duration."""
        await self.receiver.renew_message_lock(self.message)


def session_of(receiver: ServiceBusReceiver) -> ServiceBusSession | None:
    """Gives the session of a receiver; most have none, which the SDK's annotation does not say."""
    return receiver.session


@dataclass
class SessionLock:
    """The lock of a session; its messages have none of their own."""

    session: ServiceBusSession

    def __str__(self) -> str:
        return f"session {self.session.session_id!r}"

    @property
    def locked_until(self) -> datetime:
        """When the lock ends unless it is renewed."""
        return self.session.locked_until_utc or datetime.max.replace(tzinfo=UTC)

    async def renew(self) -> None:
        """Locks for another lock duration."""
        await self.session.renew_lock()


@asynccontextmanager
async def renewing(lock: Lock, longest: timedelta | None, clock: Clock | None = None) -> AsyncIterator[None]:
    """Renews a lock inside the block, for maxAutoLockRenewalDuration at most (None: without an end)."""
    renewal = asyncio.create_task(_renew(lock, longest, clock or SystemClock()))
    try:
        yield
    finally:
        renewal.cancel()
        with suppress(asyncio.CancelledError):
            await renewal


async def _renew(lock: Lock, longest: timedelta | None, clock: Clock) -> None:
    started = clock.now()
    while True:
        pause = pause_before_renewal(lock.locked_until - clock.now())
        if longest is not None and clock.now() + pause - started > longest:
            return
        await clock.sleep(pause.total_seconds())
        try:
            await lock.renew()
        except _ENDED as fault:
            _log.warning("The lock of %s was lost while its function ran (%s)", lock, type(fault).__name__)
            return
        except ServiceBusError as fault:
            _log.warning("The lock of %s could not be renewed yet (%s)", lock, type(fault).__name__)


def pause_before_renewal(left: timedelta) -> timedelta:
    """Says how long to wait with a renewal when the lock has that long left."""
    return max(left - min(left / 2, _MARGIN), _LEAST_PAUSE)
