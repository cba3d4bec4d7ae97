"""Whose phones are never touched: an application's permission knows no administrator ladder, so this rule is it."""

from shared.codes import Code
from shared.policy.facts import Facts, Finding
from shared.policy.words import ANY_ROLE


def check(facts: Facts) -> Finding | None:
    """Objects to a user who holds a protected directory role or is on policy's list."""
    if facts.state is None:
        return None
    listed = {entry.casefold() for entry in facts.policy.protected_users.users}
    user = facts.state.user
    if {user.id.casefold(), user.user_principal_name.casefold()} & listed:
        return Finding(Code.PRIVILEGED_USER, "Policy lists the user as protected.")
    protected = {role.casefold() for role in facts.policy.protected_users.directory_roles}
    for role in facts.state.roles:
        if not role.template_id and not role.name:
            return Finding(Code.PRIVILEGED_USER, "The user holds a role that the app may not read.")
        if {ANY_ROLE, role.template_id.casefold(), role.name.casefold()} & protected:
            return Finding(Code.PRIVILEGED_USER, f"Role: {role.name or role.template_id}.")
    return None


def check_restricted(facts: Facts) -> Finding | None:
    """Objects to a member of a restricted management administrative unit.

    https://learn.microsoft.com/entra/identity/role-based-access-control/admin-units-restricted-management
    """
    if facts.state is None or not facts.state.user.management_restricted:
        return None
    return Finding(Code.RESTRICTED_USER)
