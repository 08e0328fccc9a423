#!/usr/bin/env bash
# Build the images of a ward with podman, from a Debian that this machine puts together itself.
#   bash deploy/containers/build.sh [console] [node] [broker] [database]       all of them without a name
# What goes in is what is committed, and nothing that merely lies in the folder.
# PODMAN names another command and its options; BUILD names options for the build alone, such as a proxy's certificates.
set -euo pipefail
cd "$(dirname "$0")/../.."

read -ra podman <<<"${PODMAN:-podman}"
read -ra options <<<"${BUILD:-}"
base=localhost/hushward-debian:bookworm
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
context=$(mktemp -d "${TMPDIR:-/tmp}/hushward-images.XXXXXX")
trap 'rm -rf "$context"' EXIT

command -v "${podman[0]}" >/dev/null || { echo "containers: podman is missing; apt install podman" >&2; exit 1; }
if ! "${podman[@]}" image exists "$base"; then
    command -v mmdebstrap >/dev/null || { echo "containers: mmdebstrap is missing; apt install mmdebstrap" >&2; exit 1; }
    echo "== a minimal Debian"
    mmdebstrap --quiet --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$context/debian.tar"
    "${podman[@]}" import --quiet "$context/debian.tar" "$base"
    rm "$context/debian.tar"
fi
git archive HEAD | tar -x -C "$context"
[ $# -gt 0 ] || set -- console node broker database
for one in "$@"; do
    echo "== $one $version"
    # The form of docker, for that of OCI knows no health check.
    "${podman[@]}" build --quiet --format docker --build-arg "BASE=$base" --target "$one" \
        --tag "localhost/hushward-$one:$version" --file "$context/deploy/containers/Containerfile" "${options[@]}" "$context"
done
