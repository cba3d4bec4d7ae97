"""Access tokens as Entra ID issues them to a managed identity, signed with the shared key."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import jwt

from local.clock import Clock, SystemClock

ALGORITHM = "HS256"
TENANT_ID = "b7f6c2f0-5d0e-4f63-9a52-3f6d1c1e8a11"
SYSTEM_ASSIGNED_CLIENT_ID = "5a0b5c7e-1e0e-4c19-8f0e-5b1f4f7f2d10"
DAY_IN_SECONDS = 86_400  # App Service hands out tokens of about 24 hours
CLOCK_TOLERANCE = timedelta(minutes=5)

GRAPH_AUDIENCES = frozenset(
    {
        "https://graph.microsoft.com",
        "https://graph.microsoft.com/",
        "00000003-0000-0000-c000-000000000000",
    }
)

# What the product needs and no more. Mail is scoped by Exchange RBAC for Applications, not by an Entra role.
DEFAULT_ROLES = (
    "UserAuthMethod-Phone.ReadWrite.All",
    "User.Read.All",
    "RoleManagement.Read.Directory",
    "GroupMember.Read.All",
    "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    "UserAuthenticationMethod.Read.All",
)


@dataclass(frozen=True)
class IssuedToken:
    """A token and the second since 1970 at which it ends."""

    value: str
    expires_on: int


@dataclass(frozen=True)
class TokenIssuer:
    """Signs tokens for whoever asks."""

    key: bytes
    roles: Sequence[str] = DEFAULT_ROLES
    expires_in: int = DAY_IN_SECONDS
    clock: Clock = field(default_factory=SystemClock)

    def issue(self, resource: str, client_id: str = SYSTEM_ASSIGNED_CLIENT_ID) -> IssuedToken:
        """Issues an application token for the resource."""
        now = self.clock.now()
        expires_on = int(now.timestamp()) + self.expires_in
        claims = {
            "aud": resource,
            "iss": f"https://sts.windows.net/{TENANT_ID}/",
            "iat": int(now.timestamp()),
            "nbf": int((now - CLOCK_TOLERANCE).timestamp()),
            "exp": expires_on,
            "appid": client_id,
            "appidacr": "2",
            "idtyp": "app",
            "oid": principal_of(client_id),
            "sub": principal_of(client_id),
            "tid": TENANT_ID,
            "uti": uuid.uuid4().hex,
            "ver": "1.0",
        }
        if resource in GRAPH_AUDIENCES:
            claims["roles"] = list(self.roles)
        return IssuedToken(jwt.encode(claims, self.key, algorithm=ALGORITHM), expires_on)


def principal_of(client_id: str) -> str:
    """Returns the object id of the identity's service principal, the same at every start."""
    return str(uuid.uuid5(uuid.UUID(TENANT_ID), client_id))
