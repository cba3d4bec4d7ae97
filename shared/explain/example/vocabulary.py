"""What may be said of users, groups, roles and phones: our words, and Graph's properties, most of which decide nothing.

https://learn.microsoft.com/graph/api/resources/user, .../group, .../directoryrole, .../phoneauthenticationmethod
"""

from shared.explain.example.words import Vocabulary

_USER_PROPERTIES = """
    aboutMe accountEnabled ageGroup assignedLicenses assignedPlans authorizationInfo birthday businessPhones city
    companyName consentProvidedForMinor country createdDateTime creationType customSecurityAttributes deletedDateTime
    department deviceEnrollmentLimit displayName employeeHireDate employeeId employeeLeaveDateTime employeeOrgData
    employeeType externalUserState externalUserStateChangeDateTime faxNumber givenName hireDate id identities
    identityParentId imAddresses interests isManagementRestricted isResourceAccount jobTitle lastPasswordChangeDateTime
    legalAgeGroupClassification licenseAssignmentStates mail mailNickname mailboxSettings mobilePhone mySite
    officeLocation onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes
    onPremisesImmutableId onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName
    onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName otherMails passwordPolicies
    passwordProfile pastProjects postalCode preferredDataLocation preferredLanguage preferredName print
    provisionedPlans proxyAddresses responsibilities schools securityIdentifier serviceProvisioningErrors
    showInAddressList signInActivity signInSessionsValidFromDateTime skills state streetAddress surname usageLocation
    userPrincipalName userType
    """
_GROUP_PROPERTIES = """
    allowExternalSenders assignedLabels assignedLicenses autoSubscribeNewMembers classification createdDateTime
    creationOptions deletedDateTime description displayName expirationDateTime groupTypes hasMembersWithLicenseErrors
    hideFromAddressLists hideFromOutlookClients id infoCatalogs isArchived isAssignableToRole isManagementRestricted
    isSubscribedByMail licenseProcessingState mail mailEnabled mailNickname membershipRule
    membershipRuleProcessingState onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName
    onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled
    preferredDataLocation preferredLanguage proxyAddresses renewedDateTime resourceBehaviorOptions
    resourceProvisioningOptions securityEnabled securityIdentifier serviceProvisioningErrors theme uniqueName
    unseenCount visibility writebackConfiguration
    """
USER = Vocabulary(
    "a user",
    frozenset(_USER_PROPERTIES.split())
    | {"phoneMethods", "methods", "roles", "eligibleRoles", "scopedRoles", "memberOf", "owns", "eligibleMemberOf"}
    | {"authentication", "manager", "defaultMethod", "smsSignIn", "deleted", "undetermined"},
    {
        "upn": "userPrincipalName",
        "authenticationmethods": "methods",
        "groups": "memberOf",
        "transitivememberof": "memberOf",
        "ownedobjects": "owns",
        "defaultmfamethod": "defaultMethod",
        "userpreferredmethodforsecondaryauthentication": "defaultMethod",
    },
)
GROUP = Vocabulary(
    "a group",
    frozenset(_GROUP_PROPERTIES.split()) | {"roles", "eligibleRoles", "memberOf", "members", "owners"},
    {"name": "displayName"},
)
ROLE = Vocabulary(
    "a role",
    frozenset({"displayName", "roleTemplateId", "id", "description", "deletedDateTime", "administrativeUnit"}),
    {"name": "displayName", "templateid": "roleTemplateId", "roledefinitionid": "roleTemplateId"},
)
PHONE = Vocabulary("a phone", frozenset({"phoneType", "phoneNumber", "id", "smsSignInState", "createdDateTime"}), {})
AUTHENTICATION = Vocabulary("authentication", frozenset({"phoneMethods", "methods", "id"}), {})
TENANT = Vocabulary("a tenant file", frozenset({"users", "groups", "graph", "faults"}), {"value": "users"})
