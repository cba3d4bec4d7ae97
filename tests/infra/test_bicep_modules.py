"""The modules take up what the data files say, and set what must be set for safety."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.infra.bicep_text import BICEP, block, code_of, declared, files, object_of, properties, resources

NAMES = json.loads((BICEP / "names.json").read_text(encoding="utf-8"))
BUS = json.loads((BICEP / "service-bus.json").read_text(encoding="utf-8"))
MODULES = BICEP / "modules"
SERVICE_BUS = code_of(MODULES / "service-bus.bicep")
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
SECRET = re.compile(r"secret|password|connectionstring|accountkey|sas(?:token|url)|hmac", re.IGNORECASE)
ROLE_ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
# Each has logs or metrics that nothing else tells.
LOGGED = {
    "Microsoft.KeyVault/vaults",
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.ServiceBus/namespaces",
    "Microsoft.Storage/storageAccounts/blobServices",
    "Microsoft.Storage/storageAccounts/tableServices",
    "Microsoft.Web/sites",
}
KEPT = {
    "Microsoft.KeyVault/vaults",
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.ServiceBus/namespaces",
    "Microsoft.Storage/storageAccounts",
}


def everything() -> list[tuple[Path, str, str, dict[str, str]]]:
    return [
        (path, symbol, type_, properties(body)) for path in files() for symbol, type_, body in resources(code_of(path))
    ]


def of_type(type_: str) -> list[dict[str, str]]:
    found = [told for _, _, each, told in everything() if each == type_]
    assert found, type_
    return found


def scoped(type_: str) -> set[str]:
    """Gives the types of what resources of a type are attached to."""
    by_place = {(path, symbol): each for path, symbol, each, _ in everything()}
    return {by_place.get((path, told.get("scope", "")), "") for path, _, each, told in everything() if each == type_}


def subscriptions() -> list[dict[str, dict[str, object]]]:
    return [each for topic in BUS["topics"] for each in topic["subscriptions"]]


@pytest.mark.parametrize(
    ("variable", "type_", "entries"),
    [
        ("queue", "queues", BUS["queues"]),
        ("topic", "topics", BUS["topics"]),
        ("subscription.entry", "topics/subscriptions", subscriptions()),
        (
            "rule.entry",
            "topics/subscriptions/rules",
            [rule for each in subscriptions() for rule in each["rules"]],
        ),
    ],
)
def test_every_setting_of_an_entity_is_taken_up(
    variable: str, type_: str, entries: list[dict[str, dict[str, object]]]
) -> None:
    bodies = [body for _, each, body in resources(SERVICE_BUS) if each == f"Microsoft.ServiceBus/namespaces/{type_}"]
    body = next(body for body in bodies if f"{variable}.name" in body)
    told = properties(properties(body)["properties"])
    for setting in {name for entry in entries for name in entry["properties"]}:
        assert re.match(rf"{re.escape(variable)}\.properties\.\??{setting}\b", told.get(setting, "")), setting


def test_no_entity_has_anything_beside_its_name_its_settings_and_its_children() -> None:
    assert {key for each in BUS["queues"] for key in each} == {"name", "properties"}
    assert {key for each in BUS["topics"] for key in each} == {"name", "properties", "subscriptions"}
    assert {key for each in subscriptions() for key in each} == {"name", "properties", "rules"}


def test_the_rule_that_lets_everything_through_is_made_one_that_lets_nothing_through() -> None:
    default = next(
        told
        for told in of_type("Microsoft.ServiceBus/namespaces/topics/subscriptions/rules")
        if "'$Default'" in told["name"]
    )
    assert "'1=0'" in default["properties"]


def test_the_data_files_are_given_to_the_modules_whole() -> None:
    main = code_of(BICEP / "main.bicep")
    assert "var bus = loadJsonContent('service-bus.json')" in main
    assert {"queues: bus.queues", "topics: bus.topics", "grants: names.grants", "tables: names.storage.tables"} <= {
        line.strip() for line in main.splitlines()
    }


def test_no_secret_is_a_parameter_or_an_output() -> None:
    # Names of secrets, and settings that end in a reference to the vault, are none.
    harmless = {"numberKeyName", "previousNumberKeysName", "NUMBER_KEY_NAME"}
    for path in files():
        code = code_of(path)
        told = {*declared(code, "param"), *declared(code, "output")} - harmless
        assert [name for name in told if SECRET.search(name)] == [], path.name
        assert "@secure" not in code, path.name
        assert not re.search(r"\blist(?:Keys|Secrets|AccountSas|ServiceSas)\b|getSecret\(", code), path.name
        assert [value for _, value in declared(code, "output").values() if SECRET.search(value)] == [], path.name


def test_every_role_is_named_by_names_json() -> None:
    used = set[str]()
    for path in files():
        code = code_of(path)
        assert GUID.findall(code) == [], path.name
        used |= {
            *re.findall(r"names\.roles\['([^']+)'\]", code),
            *re.findall(r"^\s+role: '([^']+)'", code, re.MULTILINE),
        }
    used |= {grant["role"] for grant in NAMES["grants"]}
    assert used == set(NAMES["roles"])


def test_a_role_is_given_on_one_resource_and_never_on_the_group_or_more() -> None:
    """Without a scope it would be that of the module, the group."""
    assert of_type(ROLE_ASSIGNMENT)
    for path, symbol, type_, told in everything():
        if type_ == ROLE_ASSIGNMENT:
            assert told["scope"].split("[")[0] in re.findall(r"^resource (\w+) ", code_of(path), re.MULTILINE), symbol


def test_the_namespace_as_a_whole_is_given_to_nobody_but_the_reader_of_its_metrics() -> None:
    on_it = [
        (symbol, told)
        for path, symbol, type_, told in everything()
        if type_ == ROLE_ASSIGNMENT and path.name.startswith("service-bus") and told["scope"] == "namespace"
    ]
    assert [symbol for symbol, _ in on_it] == ["mayReadMetrics"]
    assert "monitoringReader" in on_it[0][1]["properties"]
    assert "var monitoringReader = names.roles['Monitoring Reader']" in code_of(MODULES / "service-bus-roles.bicep")


def test_the_key_that_wraps_is_given_as_a_key_and_not_as_a_vault() -> None:
    told = {symbol: told for _, symbol, _, told in everything()}["mayWrap"]
    assert told["scope"] == "undoKey"


def test_what_has_logs_is_logged() -> None:
    assert scoped("Microsoft.Insights/diagnosticSettings") - {""} == LOGGED
    assert "targetScope = 'subscription'" in code_of(BICEP / "main.bicep"), "the activity log is the subscription's"


def test_what_holds_state_is_kept_from_being_deleted() -> None:
    assert scoped("Microsoft.Authorization/locks") == KEPT


@pytest.mark.parametrize(
    ("type_", "settings"),
    [
        ("Microsoft.ServiceBus/namespaces", {"disableLocalAuth": "true", "minimumTlsVersion": "'1.2'"}),
        (
            "Microsoft.Storage/storageAccounts",
            {
                "allowSharedKeyAccess": "false",
                "allowBlobPublicAccess": "false",
                "allowCrossTenantReplication": "false",
                "minimumTlsVersion": "'TLS1_2'",
            },
        ),
        (
            "Microsoft.KeyVault/vaults",
            {"enableRbacAuthorization": "true", "enablePurgeProtection": "true", "enableSoftDelete": "true"},
        ),
        ("Microsoft.Insights/components", {"DisableLocalAuth": "true"}),
        ("Microsoft.Web/sites", {"httpsOnly": "true", "keyVaultReferenceIdentity": "identities.host.id"}),
        ("Microsoft.Web/sites/basicPublishingCredentialsPolicies", {"allow": "false"}),
    ],
)
def test_what_lets_people_in_without_a_token_is_off(type_: str, settings: dict[str, str]) -> None:
    for told in of_type(type_):
        inner = properties(told["properties"])
        assert {name: inner.get(name) for name in settings} == settings


def test_both_ways_to_deploy_with_a_password_are_off() -> None:
    policies = of_type("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
    assert {told["name"] for told in policies} == {"'ftp'", "'scm'"}


def test_the_undo_key_is_long_enough_only_wraps_and_never_expires() -> None:
    """A newest version that had expired would stop every change whose previous number must be kept."""
    (told,) = of_type("Microsoft.KeyVault/vaults/keys")
    inner = properties(told["properties"])
    assert inner["kty"] == "'RSA'"
    assert int(inner["keySize"]) >= 3072, "as strong as 128 bits: NIST SP 800-57"
    assert set(re.findall(r"'(\w+)'", inner["keyOps"])) == {"wrapKey", "unwrapKey"}
    assert "'rotate'" in inner["rotationPolicy"]
    assert "expiryTime" not in inner["rotationPolicy"]
    assert "exp:" not in inner["attributes"]


def test_the_app_runs_on_the_python_that_it_is_written_for() -> None:
    told = tomllib.loads((BICEP.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    (app,) = of_type("Microsoft.Web/sites")
    runtime = properties(properties(properties(app["properties"])["functionAppConfig"])["runtime"])
    version = runtime["version"].strip("'")
    assert runtime["name"] == "'python'"
    assert version in told


def test_every_store_has_a_private_endpoint_where_the_network_is_private() -> None:
    main = code_of(BICEP / "main.bicep")
    endpoints = [
        block(main, found.start())
        for found in re.finditer(r"^module \w+ 'modules/private-endpoint", main, re.MULTILINE)
    ]
    told = [properties(properties(each)["params"]) for each in endpoints]
    assert {(each["targetId"].split(".")[0], each["groupId"]) for each in told} == {
        ("hostStorage", "'blob'"),
        ("stateStorage", "'blob'"),
        ("stateStorage", "'table'"),
        ("serviceBus", "'namespace'"),
        ("keyVault", "'vault'"),
    }
    assert {each["zoneName"].removeprefix("zones.") for each in told} == set(object_of(main, "zones"))


def test_a_template_is_told_all_that_it_must_be() -> None:
    code = code_of(BICEP / "main.bicep")
    needed = {name for name, (type_, value) in declared(code, "param").items() if not value and not type_.endswith("?")}
    given = set(re.findall(r"^param (\w+) =", (BICEP / "main.bicepparam").read_text(encoding="utf-8"), re.MULTILINE))
    assert needed <= given <= set(declared(code, "param"))


def test_azd_deploys_what_was_packaged_and_builds_nothing_in_azure() -> None:
    text = (BICEP.parent / "azure.yaml").read_text(encoding="utf-8")
    (service,) = re.findall(r"^services:\n  (\w+):$", text, re.MULTILINE)
    assert f"serviceName: '{service}'" in code_of(BICEP / "main.bicep")
    assert re.search(r"^    remoteBuild: false$", text, re.MULTILINE)
    assert f"- azd: deploy {service} --from-package dist/mfa-phone-change.zip" in text


def test_the_reader_of_bicep_is_not_led_astray_by_quotes_comments_and_nesting() -> None:
    text = "{\n  a: '}{ \\' //'\n  'b-c': {\n    d: [1, {e: 2}]\n  }\n  f: x\n    ? 1\n    : 2\n}"
    assert properties(text) == {"a": "'}{ \\' //'", "b-c": "{\n    d: [1, {e: 2}]\n  }", "f": "x\n    ? 1\n    : 2"}
