"""Which Graph endpoints each of this product's two identities calls, and the least application permission for each.

Source: Microsoft's permissions reference (https://learn.microsoft.com/graph/permissions-reference). The deployment
grants exactly these; tests hold deployment, documents and the calls that are really made against this table.
"""

from dataclasses import dataclass
from enum import StrEnum

MAIL_BY_EXCHANGE_RBAC = "Mail.Send (Exchange RBAC for Applications, scoped to the sender)"


class Identity(StrEnum):
    """Who calls. A deployment that makes no difference gives one identity the permissions of both."""

    CHANGES = "changes"
    """Carries change requests out, and sends mail."""
    SWEEP = "sweep"
    """Checks the whole tenant, and may only read."""


_CHANGES = frozenset({Identity.CHANGES})
_SWEEP = frozenset({Identity.SWEEP})
_BOTH = _CHANGES | _SWEEP


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint, with its path as Graph's documents write it."""

    method: str
    path: str
    least_permissions: tuple[str, ...]
    identities: frozenset[Identity] = _CHANGES
    # What the sweep does without where it is not granted, and then says so.
    optional_permissions: tuple[str, ...] = ()


ENDPOINTS: tuple[Endpoint, ...] = (
    # The other one is for employeeLeaveDateTime.
    Endpoint("GET", "/users", ("User.Read.All",), _BOTH, optional_permissions=("User-LifeCycleInfo.Read.All",)),
    Endpoint("GET", "/users/{id}", ("User.Read.All",), _BOTH),
    Endpoint("GET", "/users/{id}/manager", ("User.Read.All",)),
    # Without the second one Graph lists a role, but neither its name nor its template; without the third a group, but
    # not whether it is role-assignable: the user counts as protected then.
    Endpoint(
        "GET",
        "/users/{id}/transitiveMemberOf",
        ("User.Read.All", "RoleManagement.Read.Directory", "GroupMember.Read.All"),
    ),
    Endpoint("GET", "/roleManagement/directory/roleAssignments", ("RoleManagement.Read.Directory",), _BOTH),
    Endpoint("GET", "/roleManagement/directory/roleDefinitions", ("RoleManagement.Read.Directory",), _SWEEP),
    # RoleEligibilitySchedule.Read.Directory would do, but the other one is needed anyway and reaches this as well.
    Endpoint("GET", "/roleManagement/directory/roleEligibilitySchedules", ("RoleManagement.Read.Directory",), _BOTH),
    Endpoint(
        "GET",
        "/identityGovernance/privilegedAccess/group/eligibilitySchedules",
        ("PrivilegedEligibilitySchedule.Read.AzureADGroup",),
        _BOTH,
    ),
    # Microsoft's table names Group-NestingSupport.ReadWrite.All as the least one of late: this one, which reads and
    # writes nothing, does as well, and is needed anyway.
    Endpoint("GET", "/groups", ("GroupMember.Read.All",), _BOTH),
    Endpoint("GET", "/groups/{id}", ("GroupMember.Read.All",), _BOTH),
    Endpoint("GET", "/groups/{id}/owners", ("GroupMember.Read.All",), _BOTH),
    Endpoint("GET", "/groups/{id}/transitiveMembers", ("GroupMember.Read.All",), _SWEEP),
    Endpoint("GET", "/directory/deletedItems/{id}", ("User.Read.All",)),
    Endpoint("GET", "/directory/deletedItems/microsoft.graph.user", ("User.Read.All",)),
    Endpoint("GET", "/users/{id}/authentication/methods", ("UserAuthenticationMethod.Read.All",), _BOTH),
    Endpoint("GET", "/reports/authenticationMethods/userRegistrationDetails", ("AuditLog.Read.All",), _SWEEP),
    # Needs none itself: each request within it is held to its own.
    Endpoint("POST", "/$batch", (), _SWEEP),
    Endpoint("GET", "/users/{id}/authentication/phoneMethods", ("UserAuthMethod-Phone.ReadWrite.All",)),
    Endpoint("POST", "/users/{id}/authentication/phoneMethods", ("UserAuthMethod-Phone.ReadWrite.All",)),
    Endpoint("PATCH", "/users/{id}/authentication/phoneMethods/{id}", ("UserAuthMethod-Phone.ReadWrite.All",)),
    Endpoint("DELETE", "/users/{id}/authentication/phoneMethods/{id}", ("UserAuthMethod-Phone.ReadWrite.All",)),
    Endpoint("POST", "/users/{id}/sendMail", (MAIL_BY_EXCHANGE_RBAC,)),
)


def endpoints_of(identity: Identity) -> tuple[Endpoint, ...]:
    """Gives the endpoints that an identity calls."""
    return tuple(endpoint for endpoint in ENDPOINTS if identity in endpoint.identities)


def permissions_of(identity: Identity) -> tuple[str, ...]:
    """Gives the application permissions that an identity is granted, without the optional ones, by name."""
    needed = {name for endpoint in endpoints_of(identity) for name in endpoint.least_permissions}
    return tuple(sorted(needed - {MAIL_BY_EXCHANGE_RBAC}))
