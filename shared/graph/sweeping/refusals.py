"""Why a source cannot be read, in sentences that say what to do about it."""

from http import HTTPStatus

from shared.compliance.rows import Unavailable
from shared.errors import DirectoryRefusedError

# The tenant has neither Entra ID P1 nor P2; the name is all that Graph says of it.
_NO_LICENCE = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
_ONE_BY_ONE = "Until then methods are read user by user, within policy's sweep.mostReads."


def report_refused(fault: DirectoryRefusedError) -> Unavailable:
    """Says why there is no registration report."""
    if lacks_licence(fault):
        why = (
            "The tenant has no Microsoft Entra ID P1 licence, and Microsoft gives the registration report to no other."
        )
        return Unavailable(f"{why} {_ONE_BY_ONE}", "licence")
    return _refused(fault, "the registration report", "AuditLog.Read.All", _ONE_BY_ONE)


def lacks_licence(fault: DirectoryRefusedError) -> bool:
    """Says whether it is the tenant's licence that a refusal is about."""
    return fault.code == _NO_LICENCE


def people_refused(fault: DirectoryRefusedError) -> Unavailable:
    """Says why there is no list of users."""
    return _refused(fault, "the directory's users", "User.Read.All", "Until then nobody's account is known.")


def methods_refused(fault: DirectoryRefusedError) -> Unavailable:
    """Says why nobody's methods can be read one by one."""
    then = "Until then only the registration report says which methods there are, and nothing says which numbers."
    return _refused(fault, "users' authentication methods", "UserAuthenticationMethod.Read.All", then)


def _refused(fault: DirectoryRefusedError, what: str, permission: str, then: str) -> Unavailable:
    if fault.status == HTTPStatus.FORBIDDEN:
        why = f"The sweep's identity may not read {what}: grant it {permission}, and give the grant a day."
        return Unavailable(f"{why} {then}", "permission")
    why = f"Microsoft Graph refuses to tell {what} (HTTP {fault.status} {fault.code}). {then}"
    return Unavailable(why, "other")
