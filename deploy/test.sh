#!/usr/bin/env bash
# Set up and run every test. Under CI=true a test that was left out is a failure (tests/conftest.py).
set -uo pipefail
cd "$(dirname "$0")/.."

bash deploy/setup.sh test || exit 1
if [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; then
    NO_PROMPT=1 bash deploy/tools.sh || echo "tests: tools could not be installed; the tests that need them are left out and named"
else
    echo "tests: not root, so nothing is installed; tests that need a missing tool are left out and named (make tools)"
fi

# Tests that measure time or start many processes run alone; the others share the cores.
python=.venv/bin/python
"$python" -m pytest -n 2 --dist loadfile -m "not slow and not browser" "$@"
shared=$?
"$python" -m pytest -m "slow or browser" "$@"
alone=$?
# 5 means that the arguments chose no test of this half.
if [ $shared -eq 5 ]; then exit $alone; fi
if [ $alone -eq 5 ]; then exit $shared; fi
exit $((shared > alone ? shared : alone))
