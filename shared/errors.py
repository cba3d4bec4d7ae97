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
│   │   └── LedgerConflictError
│   ├── BusUnavailableError
│   ├── NotYetVisibleError
│   ├── BrakeEngagedError
│   ├── UserBusyError
│   └── EarlierRequestWaitsError
├── DirectoryRefusedError       Graph says no, and will say no again
└── LedgerRefusedError          so does the state storage
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


class BusUnavailableError(TransientError):
    """Service Bus does not take the message."""


class MessageTooLargeError(MfaPhoneError):
    """Service Bus takes no message of this size."""


class NotYetVisibleError(TransientError):
    """Microsoft Graph took the change, but a read does not show it yet."""


class BrakeEngagedError(TransientError):
    """Writing is stopped until a person lets it go on."""


class UserBusyError(TransientError):
    """Another request of the same user, who goes by another key there, is just being carried out."""


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
