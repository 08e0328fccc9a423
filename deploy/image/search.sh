#!/usr/bin/env bash
# Search the root of a card for what no card may carry, for one image serves every room: a key, a password, a name or an
# address of the machine that built it, and a second identity for every copy.
#   bash deploy/image/search.sh ROOT
set -euo pipefail

root=$1
stop() { echo "image: $1" >&2; exit 1; }

# grep ends with a fault when it may not read one file, whatever it has found in the others: what it says is judged.
found=$(grep -rIlsE '^-----BEGIN ([A-Z]+ )?PRIVATE KEY-----' "$root/etc" "$root/var" "$root/root" "$root/home" "$root/opt" "$root/srv" || true)
[ -z "$found" ] || stop "no card may carry a key, and here is one: $found"
found=$(find "$root/etc/ssh" "$root/root" -name 'ssh_host_*' -o -name authorized_keys -size +0 | head -3)
[ -z "$found" ] || stop "no card may let somebody in before its own first start: $found"
found=$(awk -F: '$2 !~ /^[!*]/ { print $1 }' "$root/etc/shadow")
[ -z "$found" ] || stop "an account of the card has a password, or none at all: $found"
[ "$(cat "$root/etc/machine-id")" = uninitialized ] || stop "every copy of the card would be the same machine: /etc/machine-id"
[ "$(cat "$root/etc/hostname")" = hushward-node ] || stop "the card bears the name of the machine that built it: /etc/hostname"
if [ -L "$root/etc/resolv.conf" ] || grep -qE '^[^#]' "$root/etc/resolv.conf"; then
    stop "the card asks the name server of the machine that built it: /etc/resolv.conf"
fi
found=$(grep -rIlsiE '^ *(acquire::.*proxy|[a-z]+_proxy=|machine .* login )' "$root/etc" "$root/root" || true)
[ -z "$found" ] || stop "the card knows a proxy or a login of the machine that built it: $found"
if [ -e "$root/etc/hushward/node.toml" ]; then
    grep -q REPLACE-WITH "$root/etc/hushward/node.toml" || stop "the card knows a room already: /etc/hushward/node.toml"
fi
found=$(ls -A "$root/var/lib/hushward/node" 2>/dev/null || true)
[ -z "$found" ] || stop "the card holds what a node has kept: /var/lib/hushward/node: $found"
echo "image: no key, no password, no name and no address of another machine is in it"
