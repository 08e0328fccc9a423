#!/usr/bin/env bash
# Make .venv with everything Hushward needs, from the locked files alone; do nothing when it is up to date.
#   bash deploy/setup.sh run     what a ward needs
#   bash deploy/setup.sh test    that, and what the tests and checks need
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${1:-run}
venv=.venv
log=$(mktemp "${TMPDIR:-/tmp}/hushward-setup.XXXXXX")
trap 'rm -f "$log"' EXIT

case $mode in
run) lock=requirements.lock ;;
test) lock=requirements-dev.lock ;;
*) echo "setup: say run or test" >&2; exit 2 ;;
esac

stop() {
    echo "hushward setup: $1" >&2
    exit 1
}

# Run a step with its progress in sight; when it fails, say in one sentence what to do.
step() {
    local what=$1
    shift
    echo "== $what"
    if "$@" 2>&1 | tee "$log"; then return; fi
    if grep -qiE 'no space left|disk quota' "$log"; then
        stop "the disk is full while doing this: $what. Free 2 GB and run it again."
    elif grep -qiE 'hash(es)? (mis)?match|do not match the hashes' "$log"; then
        stop "a downloaded package is not the one that was locked ($what). Nothing of it was installed; report it."
    elif grep -qiE 'dns error|name resolution|timed out|network is unreachable|connection (refused|reset|error)|error sending request|failed to fetch|ENOTFOUND|EAI_AGAIN|ECONNREFUSED' "$log"; then
        stop "the package index cannot be reached ($what). Check the network or the proxy settings and run it again."
    elif grep -qiE 'no matching distribution|could not find a version|no solution found' "$log"; then
        stop "the package index cannot be reached, or does not hold a locked version ($what). Check the network or the proxy settings and run it again."
    elif grep -qiE 'no module named .?(ensurepip|venv)|ensurepip is not available' "$log"; then
        stop "this Python has no venv. On Debian or Ubuntu: apt install python3-venv; then run it again."
    fi
    stop "failed: $what. The lines above say why."
}

find_python() {
    local one
    for one in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$one" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            command -v "$one"
            return
        fi
    done
    stop "Python 3.11, 3.12 or 3.13 is needed; found $(python3 --version 2>/dev/null || echo none). Install one, or name it: make setup PYTHON=/path/to/python3.12"
}

# What the environment was made from: a change in any of these makes it again.
wanted() {
    pwd
    "$venv/bin/python" --version
    cat "$lock" deploy/locks/*.lock pyproject.toml deploy/setup.sh
    cat deploy/assets.py console/assets/package-lock.json deploy/package-lock.json package-lock.json 2>/dev/null || true
}
digest() { wanted | sha256sum | cut -d' ' -f1; }
stamp() { echo "$venv/.hushward-$1"; }

if [ -f "$venv/.hushward-home" ] && [ "$(cat "$venv/.hushward-home")" != "$(pwd)" ]; then
    echo "== this folder was moved: making $venv again"
    rm -rf "$venv"
fi
if "$venv/bin/python" -c '' 2>/dev/null && [ -f "$(stamp "$mode")" ] && [ "$(cat "$(stamp "$mode")")" = "$(digest)" ]; then
    exit 0
fi

if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    python=$(find_python)
    free_kb=$(df -Pk . | awk 'NR == 2 { print $4 }')
    if [ "$free_kb" -lt 1500000 ]; then
        stop "only $((free_kb / 1024)) MB are free on this disk; about 1500 MB are needed. Free some and run it again."
    fi
    step "making $venv with $("$python" --version)" "$python" -m venv --clear "$venv"
fi
pwd > "$venv/.hushward-home"

uv=("$venv/bin/uv" pip install --python "$venv/bin/python")
step "installing the installer (uv)" "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --require-hashes -r deploy/locks/setup.lock
step "installing the locked packages ($lock)" "${uv[@]}" --require-hashes -r "$lock"
step "installing hushward itself" "${uv[@]}" --no-deps --no-build-isolation --editable .
if ! command -v npm >/dev/null 2>&1; then
    step "installing Node for the screens' style sheets" "${uv[@]}" --require-hashes -r deploy/locks/node.lock
fi
step "fetching the screens' style sheets and scripts" env PATH="$PATH:$(pwd)/$venv/bin" "$venv/bin/python" -m deploy.assets

digest > "$(stamp "$mode")"
if [ "$mode" = test ]; then
    lock=requirements.lock
    digest > "$(stamp run)"
fi
echo "== ready: $venv/bin/hushward --help"
