#!/bin/sh
# Builds .venv with the locked packages: `tools/environment.sh run` what MasterApp runs with,
# `tools/environment.sh dev` also what tests and linters need. The second time it only looks.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-run}
files=requirements.txt
[ "$kind" = dev ] && files="requirements.txt requirements-dev.txt"
# shellcheck disable=SC2086
sum=$(cat $files | cksum)
stamp=.venv/installed-$kind

say() { printf '%s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for name in "${PYTHON:-}" python3 python3.13 python3.12 python3.14 python3.11 python; do
        if [ -n "$name" ] && is_new_enough "$name"; then
            say "$name"
            return
        fi
    done
}

# A copied or half-made environment, or one whose Python was removed, is built again.
if ! is_new_enough .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    if [ -z "$python" ]; then
        found=$(python3 --version 2>/dev/null || python --version 2>&1 || say "no Python")
        fail "MasterApp needs Python 3.11 or newer and found $found: install one," \
            "or name it with 'make PYTHON=/path/to/python3.11 ...'."
    fi
    rm -rf .venv
    say "Making the Python environment in .venv..."
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        fail "Python could not make an environment in $(pwd)/.venv: install its venv package" \
            "(on Debian and Ubuntu: apt install python3-venv), and check the room and rights there."
    fi
elif [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ]; then
    exit 0
fi

say "Installing the locked packages (only the first time and after they change)..."
set --
for file in $files; do set -- "$@" -r "$file"; done
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
    --require-hashes "$@" ||
    fail "The packages could not be installed: check the network and the room on the disk, then run it again."
say "$sum" >"$stamp"
