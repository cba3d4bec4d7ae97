"""The names that policy may know a user by."""

from shared.directory_user import DirectoryUser
from shared.outcome import KnownUser


def names_of(user: DirectoryUser | KnownUser) -> set[str]:
    """Gives the object id and the user principal name, without case."""
    return {user.id.casefold(), user.user_principal_name.casefold()}
