#!/bin/sh
# Locks requirements*.in for Python 3.11 and newer on every platform, with hashes and no address in it.
set -eu
cd "$(dirname "$0")/.."
for name in requirements requirements-dev; do
    .venv/bin/python -m uv pip compile "$name.in" --output-file "$name.txt" --upgrade --quiet \
        --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links
done
