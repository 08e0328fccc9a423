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

# Most of what the console's tests wait for are durable writes; where memory is plenty, their disk is memory.
if [ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')" -gt 4000000 ] 2>/dev/null && [ -w /dev/shm ]; then
    TMPDIR=$(mktemp -d /dev/shm/hushward-tests.XXXXXX)
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
fi

# Tests that start many processes, and those with a browser, come one to a core: more a small machine does not bear.
# One or two tests that fail are asked once more, alone, and named: a busy machine may make them late, a fault fails twice.
python=.venv/bin/python
failed=.pytest_cache/v/cache/lastfailed
worst=0
for part in "not slow and not browser|-n 2 --dist loadfile" "browser and not slow|-n 2 --dist load" "slow|-n 2 --dist load"; do
    marks=${part%%|*}
    read -ra spread <<<"${part#*|}"
    rm -f "$failed"
    "$python" -m pytest "${spread[@]}" -m "$marks" "$@"
    code=$?
    if [ $code -eq 1 ] && [ "$(grep -c '": true' "$failed" 2>/dev/null)" -le 2 ]; then
        echo "tests: these failed beside others and are asked once more, alone; one that passes now is still a test to be mended:"
        grep '": true' "$failed"
        "$python" -m pytest --last-failed -m "$marks" "$@"
        code=$?
    fi
    # 5 means that the arguments chose no test of this part.
    if [ $code -ne 5 ] && [ $code -gt $worst ]; then worst=$code; fi
done
exit $worst
