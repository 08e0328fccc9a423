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

# Tests that start many processes run alone; a browser per core is as much as a small machine bears beside them.
python=.venv/bin/python
worst=0
for part in "not slow and not browser|-n 2 --dist loadfile" "browser and not slow|-n 2 --dist load" "slow|"; do
    read -ra spread <<<"${part#*|}"
    "$python" -m pytest "${spread[@]}" -m "${part%%|*}" "$@"
    code=$?
    # 5 means that the arguments chose no test of this part.
    if [ $code -ne 5 ] && [ $code -gt $worst ]; then worst=$code; fi
done
exit $worst
