#!/bin/sh
# Find what the set-up needs on a bare machine, in one sentence each, and hand over to tools/set_up.py.
set -eu

if ! command -v git >/dev/null 2>&1; then
    echo "ReviewHub needs git: install the package 'git' (Debian, Ubuntu: apt-get install git)." >&2
    exit 2
fi
mkdir -p "${TMPDIR:-.cache/tmp}" "${HOME:-.cache/home}"
for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            echo "ReviewHub needs Python's venv: install the package 'python3-venv' (Debian, Ubuntu: apt-get install python3-venv)." >&2
            exit 2
        fi
        exec "$python" tools/set_up.py "$@"
    fi
done
echo "ReviewHub needs Python 3.11 or newer: install the package 'python3' (Debian 12 or newer: apt-get install python3 python3-venv)." >&2
exit 2
