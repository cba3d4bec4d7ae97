"""Which Graph endpoints this product calls, and the least application permission for each.

Source: Microsoft's permissions reference (https://learn.microsoft.com/graph/permissions-reference). The deployment
grants exactly these; tests hold deployment, documents and the calls that are really made against this table.
"""

from dataclasses import dataclass

MAIL_BY_EXCHANGE_RBAC = "Mail.Send (Exchange RBAC for Applications, scoped to the sender)"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint, with its path as Graph's documents write it."""

    method: str
    path: str
    least_permissions: tuple[str, ...]


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/users", ("User.Read.All",)),
    Endpoint("GET", "/users/{id}", ("User.Read.All",)),
    Endpoint("GET", "/users/{id}/manager", ("User.Read.All",)),
    # Without the second one Graph lists a role, but neither its name nor its template; without the third a group, but
    # not whether it is role-assignable: the user counts as protected then.
    Endpoint(
        "GET",
        "/users/{id}/transitiveMemberOf",
        ("User.Read.All", "RoleManagement.Read.Directory", "GroupMember.Read.All"),
    ),
    Endpoint("GET", "/roleManagement/directory/roleAssignments", ("RoleManagement.Read.Directory",)),
    # RoleEligibilitySchedule.Read.Directory would do, but the other one is needed anyway and reaches this as well.
    Endpoint("GET", "/roleManagement/directory/roleEligibilitySchedules", ("RoleManagement.Read.Directory",)),
    Endpoint(
        "GET",
        "/identityGovernance/privilegedAccess/group/eligibilitySchedules",
        ("PrivilegedEligibilitySchedule.Read.AzureADGroup",),
    ),
    # Microsoft's table names Group-NestingSupport.ReadWrite.All as the least one of late: this one, which reads and
    # writes nothing, does as well, and is needed anyway.
    Endpoint("GET", "/groups", ("GroupMember.Read.All",)),
    Endpoint("GET", "/groups/{id}", ("GroupMember.Read.All",)),
    Endpoint("GET", "/groups/{id}/owners", ("GroupMember.Read.All",)),
    Endpoint("GET", "/directory/deletedItems/{id}", ("User.Read.All",)),
    Endpoint("GET", "/directory/deletedItems/microsoft.graph.user", ("User.Read.All",)),
    Endpoint("GET", "/users/{id}/authentication/methods", ("UserAuthenticationMethod.Read.All",)),
    Endpoint("GET", "/users/{id}/authentication/phoneMethods", ("UserAuthMethod-Phone.ReadWrite.All",)),
    Endpoint("POST", "/users/{id}/authentication/phoneMethods", ("UserAuthMethod-Phone.ReadWrite.All",)),
    Endpoint("PATCH", "/users/{id}/authentication/phoneMethods/{id}", ("UserAuthMethod-Phone.ReadWrite.All",)),
    Endpoint("DELETE", "/users/{id}/authentication/phoneMethods/{id}", ("UserAuthMethod-Phone.ReadWrite.All",)),
    Endpoint("POST", "/users/{id}/sendMail", (MAIL_BY_EXCHANGE_RBAC,)),
)
