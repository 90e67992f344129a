#!/bin/sh
# Puts Python, scripts and styles into the common form: everything, or the paths that are named.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- .
.venv/bin/ruff check --quiet --fix-only "$@"
.venv/bin/ruff format "$@"
.venv/bin/biome check --write --no-errors-on-unmatched --log-level=error "$@"
