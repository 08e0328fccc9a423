#!/usr/bin/env bash
# Install the real parts that some tests use. Everything else works without them.
#   mosquitto, mosquitto-clients   the ward's real broker: its access rules and its behaviour when it is killed
#   systemd                        checks the services' units, and runs none
#   strace                         records what a node writes, so that power cuts can be replayed
#   postgresql                     the database server of a large ward, for its schema's way up and down
#   iproute2, e2fsprogs            links that lose and disks that fail, of a test's own
#   openssl                        certificates checked by another hand
#   chromium, libatomic1, fonts    a real browser and its driver: the walk to the screen and the screenshots
set -euo pipefail

packages=(mosquitto mosquitto-clients systemd strace iproute2 e2fsprogs openssl chromium libatomic1 fonts-dejavu-core
    fonts-noto-core)
# Any version of the server will do, and its package is named after the version.
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || packages+=(postgresql)
missing=()
for one in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$one" 2>/dev/null | grep -q '^install ok' || missing+=("$one")
done
if [ ${#missing[@]} -eq 0 ]; then
    echo "tools: mosquitto, systemd, PostgreSQL and Chromium are installed"
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "tools: no apt-get here; install these with your own package manager: ${missing[*]}" >&2
    exit 1
fi
root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "tools: needs root; run as root: apt-get install ${missing[*]}" >&2; exit 1; }
    root=(sudo ${NO_PROMPT:+-n})
fi
echo "tools: installing ${missing[*]} (a real broker and a real browser for the tests; asks for root)"
# A broker or browser service is not wanted on this machine: only their programs are.
refuse=$(mktemp)
printf '#!/bin/sh\nexit 101\n' > "$refuse"
if [ ! -e /usr/sbin/policy-rc.d ]; then
    "${root[@]}" install -m 0755 "$refuse" /usr/sbin/policy-rc.d
    trap '"${root[@]}" rm -f /usr/sbin/policy-rc.d; rm -f "$refuse"' EXIT
fi
"${root[@]}" apt-get update -q
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
