#!/usr/bin/env bash
# Prove `make setup` and `make test` on a machine that has nothing: a minimal Debian made by mmdebstrap, with Python,
# venv, git and make, and without compilers, Node, mosquitto or a browser; a clean clone of what is committed.
#   bash deploy/cleanroom.sh            setup and tests, as root inside (tools are installed there)
#   bash deploy/cleanroom.sh setup      setup alone
#   bash deploy/cleanroom.sh user       setup and tests as a user without root (tests of tools are left out and named)
# PYTEST="tests/broker" narrows the tests; ROOM=DIR keeps the room for the next time; SUITE=trixie chooses the Debian.
# Needs root here and mmdebstrap. The package settings of this machine (index, proxy, certificates) are passed through.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-test}
suite=${SUITE:-bookworm}
root=${ROOM:-$(mktemp -d "${TMPDIR:-/tmp}/hushward-cleanroom.XXXXXX")}
packages=python3,python3-venv,git,make,ca-certificates,bash

command -v mmdebstrap >/dev/null || { echo "cleanroom: mmdebstrap is missing; apt install mmdebstrap" >&2; exit 1; }
[ "$(id -u)" -eq 0 ] || { echo "cleanroom: needs root; run: sudo make cleanroom" >&2; exit 1; }

leave() {
    umount -R -l "$root/dev" 2>/dev/null || true
    umount -l "$root/proc" 2>/dev/null || true
    if [ -z "${ROOM:-}" ]; then rm -rf --one-file-system "$root"; fi
}
trap leave EXIT

if [ ! -x "$root/usr/bin/python3" ]; then
    echo "== a minimal Debian ($suite)"
    mmdebstrap --quiet --variant=minbase --include="$packages" "$suite" "$root"
fi

echo "== this machine's own package settings"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
for place in /etc/pip.conf /etc/uv /etc/apt/apt.conf.d /etc/apt/sources.list /etc/apt/sources.list.d \
    /usr/local/share/ca-certificates /etc/ssl/certs "$HOME/.config/pip" "$HOME/.config/uv" "$HOME/.npmrc" "$HOME/.pip"; do
    [ -e "$place" ] || continue
    target=$place
    case $place in "$HOME"/*) target=/root/${place#"$HOME"/} ;; esac
    mkdir -p "$root$(dirname "$target")"
    cp -rL "$place" "$root$(dirname "$target")/" 2>/dev/null || true
done
keep=$(env | grep -E '^(PIP|UV|NPM_CONFIG|npm_config|HTTPS?_PROXY|https?_proxy|NO_PROXY|no_proxy|SSL_CERT|REQUESTS_CA|CURL_CA|NODE_EXTRA)[A-Za-z_]*=' || true)

echo "== a clean clone"
rm -rf "$root/opt/hushward"
git clone --quiet --no-hardlinks . "$root/opt/hushward"

mount --rbind /dev "$root/dev"
mount --make-rslave "$root/dev"
mount -t proc proc "$root/proc"

inside() {
    local user=$1
    shift
    local command=(env -i "HOME=$(chroot "$root" getent passwd "$user" | cut -d: -f6)" "LANG=C.UTF-8"
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
    while IFS= read -r line; do [ -z "$line" ] || command+=("$line"); done <<<"$keep"
    chroot --userspec="$user:$user" "$root" "${command[@]}" bash -c "cd /opt/hushward && $*"
}

case $what in
setup) inside root "make setup && .venv/bin/hushward --version && .venv/bin/hushward doctor" ;;
test) inside root "make setup && make test ARGS='${PYTEST:-}' && .venv/bin/hushward doctor" ;;
user)
    chroot "$root" useradd --create-home --home-dir /srv/ward ward 2>/dev/null || true
    chroot "$root" chown -R ward:ward /opt/hushward
    if [ -d "$root/root/.config" ]; then cp -r "$root/root/.config" "$root/srv/ward/" && chroot "$root" chown -R ward:ward /srv/ward; fi
    inside ward "make setup && make test ARGS='${PYTEST:-}'"
    ;;
*) echo "cleanroom: say setup, test or user" >&2; exit 2 ;;
esac
echo "== the clean room is done: $what"
