#!/bin/sh
# Puts the key of the number hashes into the vault, once. It is drawn here, is shown nowhere, and is on no command line.
set -eu
umask 077
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-python3}
VAULT=${KEY_VAULT_NAME:-}
APP=${FUNCTION_APP_NAME:-}
GROUP=${AZURE_RESOURCE_GROUP:-}
# A role takes some minutes until the vault knows it.
PATIENCE=${KEY_PATIENCE:-40}
PAUSE=${KEY_PAUSE:-15}
TASK=set

usage() {
    cat <<'TEXT'
Usage: sh scripts/set_number_key.sh [--vault NAME] [--app NAME] [--resource-group NAME] [--prepare-rotation | --rotate]

Draws the key of the number hashes and puts it into the vault, unless there is one. The app then reads its references to
the vault again. The names come from KEY_VAULT_NAME, FUNCTION_APP_NAME and AZURE_RESOURCE_GROUP, which azd sets.

  --prepare-rotation   put the present key among the previous ones; then set HAS_PREVIOUS_NUMBER_KEYS=true and provision
  --rotate             draw a new key, after that

Needs the Azure CLI, signed in, openssl, and the role Key Vault Secrets Officer on the vault (KEY_OFFICERS).
TEXT
}

fail() {
    echo "$1" >&2
    exit "${2:-1}"
}

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            --vault | --app | --resource-group)
                [ $# -ge 2 ] || fail "$1 takes a name; see --help." 2
                case $1 in --vault) VAULT=$2 ;; --app) APP=$2 ;; *) GROUP=$2 ;; esac
                shift 2
                ;;
            --prepare-rotation) TASK=prepare; shift ;;
            --rotate) TASK=rotate; shift ;;
            --help | -h) usage; exit 0 ;;
            *) fail "There is no option $1; see --help." 2 ;;
        esac
    done
    [ -n "$VAULT" ] && [ -n "$APP" ] && [ -n "$GROUP" ] || fail "Vault, app and resource group are not named; see --help." 2
}

name_of() { "$PYTHON" -c 'import json, sys; print(json.load(open("bicep/names.json"))["keyVault"][sys.argv[1]])' "$1"; }

# Writes a secret's value to a file. Status 3: there is none.
read_secret() {
    tries=0
    while ! az keyvault secret show --vault-name "$VAULT" --name "$1" --query value --output tsv >"$FOLDER/read" 2>"$FOLDER/fault"; do
        if grep -q SecretNotFound "$FOLDER/fault"; then return 3; fi
        tries=$((tries + 1))
        if [ "$tries" -ge "$PATIENCE" ] || ! grep -qi forbidden "$FOLDER/fault"; then
            cat "$FOLDER/fault" >&2
            fail "The vault cannot be read. Somebody with the role Key Vault Secrets Officer must run this (KEY_OFFICERS)."
        fi
        echo "The vault does not know the role yet; waiting." >&2
        sleep "$PAUSE"
    done
    tr -d '\r\n' <"$FOLDER/read" >"$2"
}

write_secret() { az keyvault secret set --vault-name "$VAULT" --name "$1" --file "$2" --encoding utf-8 --output none; }

draw() { openssl rand -base64 32 | tr -d '\r\n' >"$1"; }

read_references_again() {
    id=$(az functionapp show --name "$APP" --resource-group "$GROUP" --query id --output tsv)
    az rest --method post --url "$id/config/configreferences/appsettings/refresh?api-version=2022-03-01" --output none
    az functionapp restart --name "$APP" --resource-group "$GROUP" --output none
}

# What the app's own reference says needs no right in the vault, and later nobody has one.
is_resolved() {
    id=$(az functionapp show --name "$APP" --resource-group "$GROUP" --query id --output tsv) || return 1
    status=$(az rest --method get --url "$id/config/configreferences/appsettings/NUMBER_HMAC_KEY?api-version=2022-03-01" \
        --query properties.status --output tsv 2>/dev/null) || return 1
    [ "$status" = Resolved ]
}

set_once() {
    if is_resolved; then
        echo "The app reads its key already, and it stays as it is."
    elif read_secret "$KEY" "$FOLDER/key"; then
        echo "The key is there already, and stays as it is."
    else
        draw "$FOLDER/key"
        write_secret "$KEY" "$FOLDER/key"
        read_references_again
        echo "The key is in the vault."
    fi
}

# The previous keys are the newest first, with commas between them.
prepare() {
    read_secret "$KEY" "$FOLDER/key" || fail "There is no key yet, and nothing to rotate."
    if read_secret "$PREVIOUS" "$FOLDER/previous" && [ -s "$FOLDER/previous" ]; then
        case $(cat "$FOLDER/previous") in
            "$(cat "$FOLDER/key")"*) echo "The present key is among the previous ones already."; return ;;
        esac
        printf ',' >>"$FOLDER/key"
        cat "$FOLDER/previous" >>"$FOLDER/key"
    fi
    write_secret "$PREVIOUS" "$FOLDER/key"
    echo "The present key is among the previous ones. Next: azd env set HAS_PREVIOUS_NUMBER_KEYS true; azd provision; then --rotate."
}

rotate() {
    read_secret "$KEY" "$FOLDER/key" && read_secret "$PREVIOUS" "$FOLDER/previous" || fail "--prepare-rotation comes first."
    case $(cat "$FOLDER/previous") in
        "$(cat "$FOLDER/key")"*) ;;
        *) fail "The present key is not the newest of the previous ones: --prepare-rotation comes first." ;;
    esac
    setting=$(az functionapp config appsettings list --name "$APP" --resource-group "$GROUP" \
        --query "[?name=='NUMBER_HMAC_PREVIOUS_KEYS'] | length(@)" --output tsv)
    [ "$setting" = 1 ] || fail "The app does not read the previous keys yet: set HAS_PREVIOUS_NUMBER_KEYS and provision."
    draw "$FOLDER/new"
    write_secret "$KEY" "$FOLDER/new"
    read_references_again
    echo "The key is a new one. Keep the previous ones as long as LEDGER_RETENTION_DAYS."
}

read_arguments "$@"
command -v az >/dev/null || fail "The Azure CLI is not here: https://aka.ms/azure-cli"
KEY=$(name_of numberKey)
PREVIOUS=$(name_of previousNumberKeys)
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
trap 'exit 130' INT TERM
case $TASK in set) set_once ;; prepare) prepare ;; rotate) rotate ;; esac
