"""The policy's part on people: whose phones this product never touches, and who may ask and approve."""

from typing import Annotated, Literal

from pydantic import Field

from shared.policy.words import ANY_ROLE, EachOnce, GroupId, Part, Role, UserName


class ProtectedUsers(Part):
    """Whose phones this product never touches."""

    directory_roles: Annotated[tuple[Role, ...], EachOnce] = Field(
        (ANY_ROLE,),
        min_length=1,
        description="Role template ids or display names of directory roles; `*` protects holders of any role. Never "
        "empty: this product's permission would change the phones of every administrator.",
    )
    eligible_roles: bool = Field(
        default=True,
        strict=True,
        description="Whether who may activate a protected role (PIM) is protected as well. Only a tenant without "
        "Privileged Identity Management says false: elsewhere the app must be able to see it.",
    )
    role_assignable_groups: bool = Field(
        default=True,
        strict=True,
        description="Whether members and owners of role-assignable groups are protected. False also uncovers whoever "
        "has a custom role, one in an administrative unit, or an eligible one through such a group alone.",
    )
    users: Annotated[tuple[UserName, ...], EachOnce] = Field((), description="Object ids or user principal names.")
    groups: Annotated[tuple[GroupId, ...], EachOnce] = Field(
        (), description="Object ids of groups whose members, also through other groups, and owners are protected."
    )
    deleted: Literal["refuse", "wait"] = Field(
        "refuse",
        description="A request for a soft-deleted user is refused, or waits for the restored account until it expires.",
    )
