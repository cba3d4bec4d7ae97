#!/bin/sh
# Prints the path of a Python 3.13 that runs, or says in one sentence how to get one.
# A shim that exists may still fail (pyenv's does where 3.13 is not selected), so every candidate is tried.
set -u

runs() {
    [ -n "$1" ] && [ "$("$1" -c 'import sys, ensurepip, venv; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = 3.13 ]
}

first_that_runs() {
    for candidate in "$@"; do
        if runs "$candidate"; then
            printf '%s\n' "$candidate"
            exit 0
        fi
    done
}

if [ -n "${PYTHON313:-}" ]; then
    first_that_runs "$PYTHON313"
    echo "PYTHON313=$PYTHON313 is not a Python 3.13 that runs: point it at one, or unset it." >&2
    exit 1
fi

first_that_runs "$(command -v python3.13)" "$(command -v python3)" "$(command -v python)" \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python3.13 \
    /usr/local/bin/python3.13 /opt/homebrew/bin/python3.13 /usr/bin/python3.13

uv=$(command -v uv)
if [ -z "$uv" ] && [ -n "$(command -v python3)" ]; then
    tools="$(dirname "$0")/../.local/uv"
    python3 -m venv "$tools" >/dev/null 2>&1 && "$tools/bin/python" -m pip install --quiet uv >/dev/null 2>&1
    uv="$tools/bin/uv"
fi
if [ -x "$uv" ]; then
    first_that_runs "$("$uv" python find --no-project 3.13 2>/dev/null)"
    "$uv" python install --quiet 3.13 >/dev/null 2>&1
    first_that_runs "$("$uv" python find --no-project 3.13 2>/dev/null)"
fi

echo "Python 3.13 was not found and uv could not install it: install Python 3.13, or set PYTHON313 to its path." >&2
exit 1
