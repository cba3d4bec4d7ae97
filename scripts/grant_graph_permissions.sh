#!/bin/sh
# Grants the app's identities their permissions in Microsoft Graph, by bicep/names.json: what graph-permissions.bicep
# does, for tenants where somebody else grants.
set -eu
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-python3}
NAMES=bicep/names.json
CHANGES=""
SWEEP=""
LEAVERS=""
DRY=""

usage() {
    cat <<'TEXT'
Usage: sh scripts/grant_graph_permissions.sh --changes OBJECT-ID --sweep OBJECT-ID [--with-leaver-dates] [--dry-run]

Grants application permissions of Microsoft Graph to the two identities. What is granted already is left as it is.

  --changes OBJECT-ID    identity that carries changes out (azd env get-value CHANGES_PRINCIPAL_ID)
  --sweep OBJECT-ID      identity that sweeps (azd env get-value SWEEP_PRINCIPAL_ID)
  --with-leaver-dates    let the sweep read when people leave, too
  --dry-run              say what would be granted, and grant nothing

Needs the Azure CLI, signed in (az login --tenant ...) as a Privileged Role Administrator or Global Administrator.
Directory roles of the identities are not looked at. Ends with 0 when they have the permissions that they need and no other, with 3 when one has more than that, with 1 when
something failed, with 2 when it was called wrongly.
TEXT
}

fail() {
    echo "$1" >&2
    exit "${2:-1}"
}

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            --changes | --sweep)
                [ $# -ge 2 ] || fail "$1 takes an object id; see --help." 2
                if [ "$1" = --changes ]; then CHANGES=$2; else SWEEP=$2; fi
                shift 2
                ;;
            --with-leaver-dates) LEAVERS=yes; shift ;;
            --dry-run) DRY=yes; shift ;;
            --help | -h) usage; exit 0 ;;
            *) fail "There is no option $1; see --help." 2 ;;
        esac
    done
    for id in "$CHANGES" "$SWEEP"; do
        echo "$id" | grep -Eqi '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' ||
            fail "--changes and --sweep take the object ids of the identities; see --help." 2
    done
    [ "$CHANGES" != "$SWEEP" ] || fail "--changes and --sweep are two identities." 2
}

# Gives lines of an identity's permissions with the ids of their app roles.
wanted() {
    "$PYTHON" - "$NAMES" "$@" <<'CODE'
import json, sys
graph = json.load(open(sys.argv[1], encoding="utf-8"))["graph"]
for name in (name for group in sys.argv[2:] for name in graph["grants"][group]):
    print(name, graph["appRoles"][name])
CODE
}

get() { az rest --method get --url "$GRAPH/v1.0/$1" --query "$2" --output tsv; }

connect() {
    command -v az >/dev/null || fail "The Azure CLI is not here: https://aka.ms/azure-cli"
    az account show --output none 2>/dev/null || fail "Nobody is signed in: az login --tenant <tenant>"
    GRAPH=$(az cloud show --query endpoints.microsoftGraphResourceId --output tsv)
    GRAPH=${GRAPH%/}
    APP_ID=$("$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))["graph"]["appId"])' "$NAMES")
    RESOURCE=$(get "servicePrincipals(appId='$APP_ID')?\$select=id" id) || fail "Microsoft Graph cannot be read."
}

# grant_to NAME OBJECT-ID LIST...: lists are those of names.json
grant_to() {
    name=$1 id=$2
    shift 2
    kind=$(get "servicePrincipals/$id?\$select=servicePrincipalType" servicePrincipalType) ||
        fail "There is no service principal $id: is it the object id, and not the client id?"
    [ "$kind" = ManagedIdentity ] || fail "$id is no managed identity but: $kind. Nothing was granted to it."
    has=$(get "servicePrincipals/$id/appRoleAssignments?\$top=999" "value[?resourceId=='$RESOURCE'].appRoleId") ||
        fail "What $name has been granted cannot be read."
    list=$(wanted "$@")
    while read -r permission role; do
        if echo "$has" | grep -qi "$role"; then
            echo "$name: $permission, granted already"
        elif [ -n "$DRY" ]; then
            echo "$name: $permission, would be granted"
        else
            body="{\"principalId\": \"$id\", \"resourceId\": \"$RESOURCE\", \"appRoleId\": \"$role\"}"
            az rest --method post --url "$GRAPH/v1.0/servicePrincipals/$id/appRoleAssignments" --body "$body" \
                --headers Content-Type=application/json --output none </dev/null ||
                fail "$permission could not be granted to $name: a Privileged Role Administrator may."
            echo "$name: $permission, granted"
        fi
    done <<LINES
$list
LINES
    elsewhere=$(get "servicePrincipals/$id/appRoleAssignments?\$top=999" \
        "value[?resourceId!='$RESOURCE'].join(' ', [resourceDisplayName, appRoleId])") || fail "What $name has elsewhere cannot be read."
    [ -z "$elsewhere" ] || {
        echo "$name has permissions of other applications, and needs none: $elsewhere. Take them back." >&2
        SURPLUS=yes
    }
    for role in $has; do
        echo "$list" | grep -qi "$role" || {
            echo "$name has more than it needs: app role $role. Take it back." >&2
            SURPLUS=yes
        }
    done
}

read_arguments "$@"
connect
SURPLUS=""
grant_to changes "$CHANGES" changes
# shellcheck disable=SC2086
grant_to sweep "$SWEEP" sweep ${LEAVERS:+sweepOptional}
[ -z "$SURPLUS" ] || exit 3
