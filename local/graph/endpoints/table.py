"""Which function answers which operation of the contract."""

from local.graph.endpoints import (
    authentication_methods,
    mail,
    memberships,
    phone_methods,
    registration_report,
    role_management,
    sessions,
    users,
)
from local.graph.endpoints.call import Endpoint

ENDPOINTS: dict[str, Endpoint] = {
    "user_ListUser": users.list_users,
    "user_GetUser": users.get_user,
    "user_GetManager": users.get_manager,
    "user_ListTransitiveMemberOf": memberships.list_memberships,
    "user_ListTransitiveMemberOfAsDirectoryRole": memberships.list_roles,
    "user_ListTransitiveMemberOfAsGroup": memberships.list_groups,
    "user_revokeSignInSession": sessions.revoke_sign_in_sessions,
    "user_sendMail": mail.send_mail,
    "user.authentication_ListMethod": authentication_methods.list_methods,
    "user.authentication_ListPhoneMethod": phone_methods.list_phones,
    "user.authentication_CreatePhoneMethod": phone_methods.create_phone,
    "user.authentication_GetPhoneMethod": phone_methods.get_phone,
    "user.authentication_UpdatePhoneMethod": phone_methods.update_phone,
    "user.authentication_DeletePhoneMethod": phone_methods.delete_phone,
    "user.authentication.phoneMethod_enableSmsSignIn": phone_methods.enable_sms_sign_in,
    "user.authentication.phoneMethod_disableSmsSignIn": phone_methods.disable_sms_sign_in,
    "report.authenticationMethod_ListUserRegistrationDetail": registration_report.list_details,
    "report.authenticationMethod_GetUserRegistrationDetail": registration_report.get_detail,
    "roleManagement.directory_ListRoleAssignment": role_management.list_assignments,
    "roleManagement.directory_ListRoleDefinition": role_management.list_definitions,
    "roleManagement.directory_ListRoleEligibilitySchedule": role_management.list_eligibility_schedules,
}
