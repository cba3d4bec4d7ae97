"""Where Azure Monitor's figures are asked for: what the settings must look like, and the token's scope. Pure."""

import re

# Azure Resource Manager in Microsoft's clouds: https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure
# and https://learn.microsoft.com/azure/china/resources-developer-guide
MONITOR_ENDPOINTS = (
    "https://management.azure.com",
    "https://management.usgovcloudapi.net",
    "https://management.chinacloudapi.cn",
)
_AT_HOME = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?")
# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
_NAMESPACE = re.compile(
    r"/subscriptions/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/resourceGroups/[\w.()-]{1,90}"
    r"/providers/Microsoft\.ServiceBus/namespaces/[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]",
    re.IGNORECASE,
)


def monitor_endpoint(value: str) -> str:
    """Takes Azure Resource Manager in one of Microsoft's clouds, or a stand-in on this machine."""
    if value not in MONITOR_ENDPOINTS and not _AT_HOME.fullmatch(value):
        message = f"must be one of {', '.join(MONITOR_ENDPOINTS)}: tokens are sent there"
        raise ValueError(message)
    return value


def namespace_id(value: str | None) -> str | None:
    """Takes the id of a Service Bus namespace in Azure Resource Manager; empty means not set."""
    if value and not _NAMESPACE.fullmatch(value):
        message = (
            "must be a namespace's resource id, such as /subscriptions/00000000-0000-0000-0000-000000000000"
            "/resourceGroups/mfaphone/providers/Microsoft.ServiceBus/namespaces/contoso"
        )
        raise ValueError(message)
    return value


def scope_of(endpoint: str) -> str:
    """Gives the cloud's own scope; a stand-in on this machine takes the public cloud's tokens."""
    return f"{endpoint if endpoint in MONITOR_ENDPOINTS else MONITOR_ENDPOINTS[0]}/.default"
