#!/usr/bin/env bash
# What is in the source and in the packages: broken locks, secrets, a list (SBOM) in out/sbom.json, and known faults.
set -uo pipefail
cd "$(dirname "$0")/.."
tools=.venv-audit/bin

# First, for everything below reads them: a lock that is broken tells nothing of what would be installed.
.venv/bin/python -m deploy.lock_files check requirements.lock requirements-dev.lock deploy/locks/*.lock || exit 1

if ! .venv/bin/uv venv --quiet --allow-existing .venv-audit ||
    ! .venv/bin/uv pip install --quiet --python $tools/python --require-hashes -r deploy/locks/audit.lock; then
    echo "check: the tools for secrets and packages cannot be installed here, so neither was looked at" >&2
    exit 1
fi

# Detectors of one kind of secret each; those that go by entropy or by a word find hashes, test vectors and help texts.
git ls-files -z -- ':!:*.lock' ':!:package-lock.json' | xargs -0 $tools/detect-secrets-hook \
    --disable-plugin HexHighEntropyString --disable-plugin Base64HighEntropyString --disable-plugin KeywordDetector ||
    { echo "check: there may be a secret in the source; take it out, and make a new one" >&2; exit 1; }
echo "check: no secret found in the source"

mkdir -p out
# Sums to be compared come from the lock; addresses of this machine's own package index do not belong into the list.
$tools/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --of JSON --output-reproducible \
    -o out/sbom.json || exit 1
echo "check: out/sbom.json lists $(grep -c '==' requirements.lock) packages"

found=$($tools/pip-audit --requirement requirements.lock --require-hashes --disable-pip --vulnerability-service osv 2>&1)
code=$?
if [ $code -eq 0 ]; then
    echo "check: no known fault in them"
elif grep -q "Found [0-9]* known vulnerabilit" <<<"$found"; then
    echo "$found"
    exit 1
elif grep -qiE "connect|timed? ?out|unreachable|resolve|proxy|HTTP|ServiceError|vulnerability feed" <<<"$found"; then
    # No answer must not read as one, neither as good news nor as bad.
    echo "check: NOT LOOKED AT for known faults: the list (osv.dev) gave no answer. Where it can be reached, run this again."
    echo "check: its last word was: $(tail -n 1 <<<"$found" | cut -c 1-200)"
else
    echo "check: the look for known faults failed here, and not for want of a network: $(tail -n 1 <<<"$found" | cut -c 1-200)" >&2
    exit 1
fi
