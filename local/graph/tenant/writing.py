"""Writes the tenant as a file that can be read again."""

from typing import Any

from local.graph.exchange import JsonObject
from local.graph.phones.book import Phone
from local.graph.tenant.method_entries import method_as_entry
from local.graph.tenant.method_kinds import PASSWORD
from local.graph.tenant.model import Group, ScopedRole, Tenant, User


def tenant_as_json(tenant: Tenant) -> JsonObject:
    """Writes users and groups as they are now."""
    return {
        "users": [_user(tenant, user) for user in tenant.users],
        "groups": [_group(tenant, group) for group in tenant.groups.values()],
    }


def _user(tenant: Tenant, user: User) -> JsonObject:
    words = {
        "phoneMethods": [_phone(phone) for phone in user.phones.latest],
        "methods": [method_as_entry(method) for method in user.methods if method.kind.name != PASSWORD],
        "roles": [_role(tenant, role_id) for role_id in user.roles],
        "eligibleRoles": [_role(tenant, role_id) for role_id in user.eligible_roles],
        "scopedRoles": [_scoped_role(tenant, role) for role in user.scoped_roles],
        "memberOf": list(user.groups),
        "eligibleMemberOf": list(user.eligible_groups),
        "owns": list(user.owns),
        "manager": user.manager,
        "defaultMethod": user.default_method,
        "smsSignIn": user.sms_sign_in,
        "deleted": user.deleted,
    }
    # An empty list of methods says something, and so does an empty list of phones; the other empty words say nothing.
    kept = {word: value for word, value in words.items() if value or word in {"methods", "phoneMethods"}}
    return {**user.properties, **user.left_aside, **kept}


def _phone(phone: Phone) -> JsonObject:
    return {
        "id": phone.method_id,
        "phoneType": str(phone.phone_type),
        "phoneNumber": phone.number,
        "smsSignInState": str(phone.sms_sign_in),
    }


def _role(tenant: Tenant, role_id: str) -> Any:  # noqa: ANN401 - a name, or an object where the name means nothing
    role = tenant.roles.by_id(role_id)
    if role.built_in:
        return role.display_name
    return {"displayName": role.display_name, "roleTemplateId": role.template_id}


def _scoped_role(tenant: Tenant, scoped: ScopedRole) -> JsonObject:
    name = tenant.roles.by_id(scoped.role_id).display_name
    return {"displayName": name, "roleTemplateId": scoped.role_id, "administrativeUnit": scoped.administrative_unit}


def _group(tenant: Tenant, group: Group) -> JsonObject:
    words = {
        "isAssignableToRole": group.assignable_to_role,
        "roles": [_role(tenant, role_id) for role_id in group.roles],
        "eligibleRoles": [_role(tenant, role_id) for role_id in group.eligible_roles],
        "memberOf": list(group.groups),
    }
    kept = {word: value for word, value in words.items() if value}
    return {**group.properties, "id": group.id, "displayName": group.display_name, **kept}
