#!/bin/sh
# Checks bicep/, the queries, the workbook, host.json, azure.yaml and the workflows with whatever checkers are here.
# A checker that is missing is named, and passes; CHECKERS names the folder of the offline ones.
set -eu
cd "$(dirname "$0")/.."

CHECKERS=${CHECKERS:-../shared/tools}
PYTHON=${PYTHON:-.venv/bin/python}
missing=""

skip() { missing="$missing $1"; }

offline_bicep() {
    [ -f "$CHECKERS/bicepcheck/bicepcheck.py" ] || { skip bicepcheck; return 0; }
    "$PYTHON" "$CHECKERS/bicepcheck/bicepcheck.py" --no-info --strict bicep
    "$PYTHON" "$CHECKERS/bicepcheck/bicep_policy.py" bicep
}

queries() {
    [ -f "$CHECKERS/kqlcheck/kqlcheck.js" ] || { skip kqlcheck; return 0; }
    find bicep -name '*.kql' -print0 |
        NODE_PATH="$PWD/node_modules" xargs -0 node "$CHECKERS/kqlcheck/kqlcheck.js" bicep/workbook.json
}

schemas() {
    folder="$CHECKERS/schemas"
    [ -f "$folder/validate.py" ] || { skip "schema validator"; return 0; }
    "$PYTHON" "$folder/validate.py" "$folder/host.json" host.json
    "$PYTHON" "$folder/validate.py" "$folder/local.settings.json" local.settings.sample.json
    "$PYTHON" "$folder/validate.py" "$folder/azure.yaml.json" azure.yaml
    "$PYTHON" "$folder/validate.py" "$folder/workbook.json" bicep/workbook.json
}

compiler() {
    command -v bicep >/dev/null 2>&1 || { skip bicep; return 0; }
    bicep lint bicep/main.bicep
    bicep lint bicep/graph-permissions.bicep
}

workflows() {
    command -v actionlint >/dev/null 2>&1 || { skip actionlint; return 0; }
    actionlint
}

offline_bicep
queries
schemas
compiler
workflows
[ -z "$missing" ] || echo "Not here, so not run:$missing" >&2
