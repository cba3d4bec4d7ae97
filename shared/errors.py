"""Exceptions, for what is unexpected and for infrastructure; a business refusal is an outcome, never an exception.

MfaPhoneError
├── ConfigurationError          the app must not start
│   ├── SettingsError
│   └── PolicyError
├── TransientError              later it may work: wait, then try again
│   ├── DirectoryUnavailableError
│   │   ├── DirectoryThrottledError
│   │   └── TokenUnavailableError
│   ├── LedgerUnavailableError
│   │   ├── LedgerConflictError
│   │   └── VaultUnavailableError
│   ├── BusUnavailableError
│   ├── MonitorUnavailableError
│   ├── NotYetVisibleError
│   ├── BrakeEngagedError
│   ├── UserBusyError
│   ├── UserDeletedError
│   ├── RequestHeldError
│   └── EarlierRequestWaitsError
├── MessageTooLargeError        Service Bus takes no message of this size
├── DirectoryRefusedError       Graph says no, and will say no again
└── LedgerRefusedError          so does the state storage
    ├── VaultRefusedError       so does the vault: its key may not be used, or is gone
    └── UnreadableRowError      what a row holds encrypted was altered, or belongs to another row or key
"""


class MfaPhoneError(Exception):
    """Something that this product raises."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])


class ConfigurationError(MfaPhoneError):
    """The app is not set up so that it could run safely."""


class SettingsError(ConfigurationError):
    """Settings are missing or wrong; the message lists every fault."""


class PolicyError(ConfigurationError):
    """The policy file is missing or wrong; the message lists every fault."""


class TransientError(MfaPhoneError):
    """Something is out of order for a while.

    `retry_after` is the number of seconds that the far end asked for, or None where it named none.
    """

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DirectoryUnavailableError(TransientError):
    """Microsoft Graph does not answer as it should."""


class DirectoryThrottledError(DirectoryUnavailableError):
    """Microsoft Graph asks for fewer requests."""


class TokenUnavailableError(DirectoryUnavailableError):
    """The managed identity gets no token for Microsoft Graph."""


class LedgerUnavailableError(TransientError):
    """The state storage does not answer as it should."""


class LedgerConflictError(LedgerUnavailableError):
    """Another worker changed the same record in the meantime."""


class VaultUnavailableError(LedgerUnavailableError):
    """The vault with the key to the previous numbers does not answer as it should."""


class BusUnavailableError(TransientError):
    """Service Bus does not take the message."""


class MonitorUnavailableError(TransientError):
    """Azure Monitor does not say how many messages were completed."""


class MessageTooLargeError(MfaPhoneError):
    """Service Bus takes no message of this size."""


class NotYetVisibleError(TransientError):
    """Microsoft Graph took the change, but a read does not show it yet."""


class BrakeEngagedError(TransientError):
    """Writing is stopped until a person lets it go on."""


class UserBusyError(TransientError):
    """Another request of the same user, who goes by another key there, is just being carried out."""


class UserDeletedError(TransientError):
    """The user is deleted, and policy waits for the account to be restored."""


class RequestHeldError(TransientError):
    """The request waits for a second person, or for its cooling-off period."""


class EarlierRequestWaitsError(TransientError):
    """The change needs an earlier request of the same user, which still waits for its turn."""


class DirectoryRefusedError(MfaPhoneError):
    """Microsoft Graph refuses the request and would refuse it again.

    `status` is the HTTP status, `code` Graph's error code; neither holds a phone number.
    """

    def __init__(self, message: str | None = None, *, status: int, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class LedgerRefusedError(MfaPhoneError):
    """The state storage refuses the request and would refuse it again.

    `status` is the HTTP status, `code` the storage's error code; nothing of a row's content.
    """

    def __init__(self, message: str | None = None, *, status: int, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class VaultRefusedError(LedgerRefusedError):
    """The vault refuses to use the key to the previous numbers and would refuse it again.

    `status` is the HTTP status, or 0 where none came; `code` the vault's error code.
    """


class UnreadableRowError(LedgerRefusedError):
    """What a row keeps encrypted cannot be read: it was altered, or belongs to another row or key."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message, status=0, code="Unreadable")
