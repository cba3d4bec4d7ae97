"""Each identity and each list of people is wired to its own duty: a slip here gives somebody another one's rights."""

import json
import re

import pytest

from tests.infra.bicep_text import BICEP, block, code_of, object_of, properties, resources

NAMES = json.loads((BICEP / "names.json").read_text(encoding="utf-8"))
MAIN = code_of(BICEP / "main.bicep")
APP = code_of(BICEP / "modules" / "function-app.bicep")
ROLES = code_of(BICEP / "modules" / "service-bus-roles.bicep")
# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
BUILT_IN = {
    "Azure Service Bus Data Receiver": "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
    "Azure Service Bus Data Sender": "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
    "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
    "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
    "Monitoring Reader": "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
}
# https://learn.microsoft.com/graph/permissions-reference, the application permissions
APP_ROLES = {
    "AuditLog.Read.All": "b0afded3-3588-46d8-8b3d-9842eff778da",
    "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
    "PrivilegedEligibilitySchedule.Read.AzureADGroup": "edb419d6-7edc-42a3-9345-509bfdf5d87c",
    "RoleManagement.Read.Directory": "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
    "User-LifeCycleInfo.Read.All": "8556a004-db57-4d7a-8b82-97a13428e96f",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
    "UserAuthMethod-Phone.ReadWrite.All": "6e85d483-7092-4375-babe-0a94a8213a58",
    "UserAuthenticationMethod.Read.All": "38d9df27-64da-44fd-b7c5-a6fbac20248f",
}
DUTY_OF_SETTING = {
    "AzureWebJobsStorage__clientId": "host",
    "GRAPH_CLIENT_ID": "changes",
    "RECONCILE_CLIENT_ID": "reconcile",
    "SWEEP_CLIENT_ID": "sweep",
    "ServiceBusConnection__clientId": "changes",
    "StateStorage__clientId": "changes",
    "UNDO_KEY_CLIENT_ID": "changes",
}
OUTSIDERS = ("producers", "approvers", "replayers", "operators", "subscribers")


def one_line(text: str) -> str:
    return " ".join(text.split())


def params(module: str) -> dict[str, str]:
    """Gives what main.bicep tells a module."""
    start = re.search(rf"^module {module} ", MAIN, re.MULTILINE)
    assert start, module
    return properties(properties(block(MAIN, start.start()))["params"])


def test_every_name_has_the_id_that_microsoft_publishes_for_it() -> None:
    """A Data Owner's id under a Receiver's name would pass every other test."""
    assert NAMES["roles"] == BUILT_IN
    assert NAMES["graph"]["appRoles"] == APP_ROLES


def test_each_setting_names_the_identity_of_its_duty() -> None:
    """The sweep as the identity that writes would be a sweep that may write."""
    told = {**object_of(APP, "platformSettings"), **object_of(APP, "productSettings")}
    named = {name: value for name, value in told.items() if name.lower().endswith("client_id") or "clientId" in name}
    assert named == {name: f"identities.{duty}.clientId" for name, duty in DUTY_OF_SETTING.items()}
    assert "var authorization = 'ClientId=${identities.host.clientId};Authorization=AAD'" in APP


def test_the_identities_that_are_given_out_are_those_that_were_made() -> None:
    code = code_of(BICEP / "modules" / "identities.bicep")
    duties = re.findall(r"'(\w+)'", re.findall(r"^var duties = \[(.*)\]$", code, re.MULTILINE)[0])
    assert set(duties) == set(DUTY_OF_SETTING.values())
    for position, duty in enumerate(duties):
        assert set(re.findall(r"identities\[(\d)\]", str(object_of(code, duty, "output")))) == {str(position)}, duty


@pytest.mark.parametrize(
    ("module", "param", "duty"),
    [
        ("keyVault", "changesPrincipalId", "changes"),
        ("keyVault", "hostPrincipalId", "host"),
        ("monitoring", "hostPrincipalId", "host"),
        ("serviceBusRoles", "reconcilePrincipalId", "reconcile"),
    ],
)
def test_each_module_is_told_the_identity_that_it_asks_for(module: str, param: str, duty: str) -> None:
    assert params(module)[param] == f"identities.outputs.{duty}.principalId"


def test_the_hosts_storage_is_the_hosts_and_the_state_is_the_apps_and_the_operators() -> None:
    assert re.findall(r"principalId: (\S+)", params("hostStorage")["assignments"]) == [
        "identities.outputs.host.principalId"
    ]
    state = one_line(params("stateStorage")["assignments"])
    assert set(re.findall(r"identities\.outputs\.(\w+)", state)) == {"changes"}
    assert re.findall(r"map\( ?(\w+),", state.removeprefix("flatten(map(")) == ["operators"]


def test_the_identity_that_writes_is_the_one_that_has_the_rights_of_changes() -> None:
    holders = one_line(params("serviceBusRoles")["holders"])
    assert re.findall(r"who: '(\w+)' principalId: (\S+)", holders) == [
        ("changes", "identities.outputs.changes.principalId")
    ]


@pytest.mark.parametrize("who", OUTSIDERS)
def test_each_list_of_people_gets_the_rights_of_its_own_duty(who: str) -> None:
    given = "principalId: each.principalId, principalType: each.principalType"
    assert f"map({who}, each => {{ who: '{who}', {given} }})" in MAIN
    assert MAIN.count(f"who: '{who}'") == 1


def test_the_same_person_written_differently_is_the_same_person() -> None:
    """Object ids are compared by Entra without regard to case."""
    told = one_line(MAIN[MAIN.index("var told = map(") : MAIN.index("var outsiders")])
    assert "each => toLower(each.principalId)" in told


def test_a_holder_gets_the_grants_of_its_duty_and_no_others() -> None:
    assert "filter(grants, grant => grant.who == holder.who)" in one_line(ROLES)
    assert "roleId: names.roles[grant.role]" in ROLES


@pytest.mark.parametrize(
    ("roles", "scope", "named"),
    [
        ("queueRoles", "queues", "queue"),
        ("topicRoles", "topics", "topic"),
        ("subscriptionRoles", "subscriptions", "subscription"),
    ],
)
def test_each_role_is_on_the_very_entity_that_the_grant_names(roles: str, scope: str, named: str) -> None:
    told = {symbol: properties(body) for symbol, _, body in resources(ROLES)}[roles]
    inner = properties(told["properties"])
    assert told["scope"] == f"{scope}[position]"
    assert told["name"] == f"guid({scope}[position].id, each.holder.principalId, each.roleId)"
    assert inner["principalId"] == "each.holder.principalId"
    assert inner["roleDefinitionId"].endswith("'Microsoft.Authorization/roleDefinitions', each.roleId)")
    entity = ROLES[ROLES.index(f"resource {scope} '") :]
    assert properties(block(entity, 0))["name"] == f"each.grant.{named}!"


def test_each_identity_is_granted_its_own_permissions_in_graph() -> None:
    """The other way round, the sweep would have the permission to write."""
    code = one_line(code_of(BICEP / "graph-permissions.bicep"))
    pairs = re.findall(r"grants\.(\w+)(?:, \w+ \? [^)]*\))?,? ?permission => \{ principalId: (\w+),", code)
    assert pairs == [("changes", "changesPrincipalId"), ("sweep", "sweepPrincipalId")]
    assert "principalId: grant.principalId" in code


def test_telemetry_is_whole_and_nobody_writes_it_without_a_token() -> None:
    """Metrics of what vanished and alerts are wrong where traces are sampled."""
    told = object_of(APP, "platformSettings")
    assert told["OTEL_TRACES_SAMPLER"] == "'always_on'"
    assert told["PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY"] == "'true'"
    assert told["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] == "authorization"
    features = {
        symbol: properties(properties(body)["properties"]).get("features", "")
        for symbol, _, body in resources(code_of(BICEP / "modules" / "monitoring.bicep"))
    }
    assert properties(features["workspace"])["disableLocalAuth"] == "true"


def test_the_app_is_spoken_to_by_tls_alone() -> None:
    (app,) = [properties(body) for symbol, _, body in resources(APP) if symbol == "app"]
    site = properties(properties(app["properties"])["siteConfig"])
    assert site["ftpsState"] == "'Disabled'"
    assert (site["minTlsVersion"], site["scmMinTlsVersion"]) == ("'1.2'", "'1.2'")
