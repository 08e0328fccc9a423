#!/usr/bin/env bash
# Install one part of a ward on this machine as a service that starts with it, and keeps it within its bounds.
#   sudo bash deploy/install.sh node        the node of one room
#   sudo bash deploy/install.sh console     the ward's console
#   sudo bash deploy/install.sh corridor    the corridor sounder
#   sudo bash deploy/install.sh update ARCHIVE [--first-room]    a signed release, for every part of this machine
#   sudo bash deploy/install.sh back        the release that ran before this one, for every part
# Run it again after each change of /etc/hushward: what is there already stays. Where /etc/hushward/updates.toml names
# whom to trust, a new release comes by `update` alone (rule N5).
# Releases lie side by side in /opt/hushward; `current` names the one that runs. In the root of an image (chroot),
# where no system runs, it installs and starts nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

part=${1:-}
home=/opt/hushward
settings=/etc/hushward

stop() {
    echo "hushward install: $1" >&2
    exit 1
}
say() { echo "== $1"; }
running() { [ -d /run/systemd/system ]; }

case $part in
node | console | corridor | back | update) ;;
*) sed -n '2,11p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2 ;;
esac
[ "$(id -u)" -eq 0 ] || stop "needs root; run: sudo bash deploy/install.sh $part"
command -v systemctl >/dev/null || stop "this system has no systemd; see docs/how-to/real-ward.md for running it by hand"

point_to() {
    ln -sfn "$1" "$home/.next"
    mv -T "$home/.next" "$home/current"
}
restart_what_runs() {
    running || return 0
    local unit
    for unit in hushward-node hushward-console hushward-corridor; do
        if systemctl is-active --quiet "$unit"; then systemctl restart "$unit"; fi
    done
}

if [ "$part" = back ]; then
    [ -e "$home/previous" ] || stop "there is no earlier release in $home to go back to"
    was=$(readlink "$home/current") earlier=$(readlink "$home/previous")
    point_to "$earlier"
    ln -sfn "$was" "$home/previous"
    restart_what_runs
    say "back on ${earlier##*/}; a console whose database is of a newer release says so and does not start"
    exit 0
fi

if [ "$part" = update ]; then
    archive=$(realpath "${2:-}") first=${3:-}
    [ -e "$home/current" ] || stop "nothing is installed here yet; install a part first"
    [ -e "$settings/updates.toml" ] || stop "$settings/updates.toml: write whom this machine trusts; see docs/how-to/update.md"
    case $first in "" | --first-room) ;; *) stop "$first: the only option is --first-room" ;; esac
    own=$(mktemp -d)
    trap 'rm -rf "$own"' EXIT
    # What is judged and what is installed is one copy, which nobody else can exchange in between.
    cp "$archive" "$archive".*.json "$own/"
    archive=$own/${archive##*/} unpacked=$own/unpacked
    version=$("$home/current/.venv/bin/hushward" update check "$archive" --trust "$settings/updates.toml" \
        --running "$home/current/.release.json" $first) || exit 1
    mkdir "$unpacked"
    tar -x -C "$unpacked" -f "$archive" --no-same-owner
    cp "$archive.release.json" "$unpacked/.release.json"
    taken=no
    for unit in node console corridor; do
        if [ -e "/etc/systemd/system/hushward-$unit.service" ]; then
            HUSHWARD_ADMITTED="$version" bash "$unpacked/deploy/install.sh" "$unit"
            taken=yes
        fi
    done
    [ $taken = yes ] || stop "no part of Hushward is a service on this machine; install one first"
    exit 0
fi

version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
if commit=$(git rev-parse --short=12 HEAD 2>/dev/null); then version="$version-$commit"; fi
if [ -n "${HUSHWARD_ADMITTED:-}" ]; then version=$HUSHWARD_ADMITTED; fi
release="$home/$version"
# Run from what is installed, as a first start does where no checkout is: that release is meant.
here=$(pwd -P)
case $here in "$home"/*) release=$here version=${here##*/} ;; esac
if [ ! -e "$release/.installed" ]; then
    if [ -e "$settings/updates.toml" ] && [ -e "$home/current" ] && [ -z "${HUSHWARD_ADMITTED:-}" ]; then
        stop "this machine takes signed releases; run: bash deploy/install.sh update ARCHIVE"
    fi
    say "release $version in $release"
    rm -rf "$release"
    mkdir -p "$release"
    if [ -n "${commit:-}" ]; then
        git archive HEAD | tar -x -C "$release"
    else
        tar -c --exclude=./.venv --exclude=./node_modules . | tar -x -C "$release"
    fi
    bash "$release/deploy/setup.sh" run
    touch "$release/.installed"
fi
if [ "$part" = node ]; then
    "$release/.venv/bin/uv" pip install --quiet --python "$release/.venv/bin/python" --require-hashes \
        -r "$release/deploy/locks/gpio.lock"
fi

say "accounts, unit and settings"
install -m 0644 -D "$release/deploy/units/hushward.sysusers" /usr/lib/sysusers.d/hushward.conf
systemd-sysusers /usr/lib/sysusers.d/hushward.conf
install -d -m 0755 "$settings"
install -m 0644 "$release/deploy/units/hushward-$part.service" "/etc/systemd/system/hushward-$part.service"
if [ "$part" = console ]; then
    install -m 0644 "$release"/deploy/units/hushward-broker-renew.{service,timer} /etc/systemd/system/
fi
[ "$part" = corridor ] && example=corridor.env || example=$part.toml
group=root
if [ "$part" != corridor ]; then group=hushward-$part; fi
if [ ! -e "$settings/$example" ]; then
    install -m 0640 -o root -g "$group" "$release/deploy/units/$example" "$settings/$example"
fi

if [ -e "$home/current" ] && [ "$(readlink "$home/current")" != "$release" ]; then
    ln -sfn "$(readlink "$home/current")" "$home/previous"
fi
point_to "$release"

if grep -q REPLACE-WITH "$settings/$example"; then
    say "next: write $settings/$example, where it says REPLACE-WITH, then run this again"
    exit 0
fi

# A node and a sounder may reach one address and no other; it stands in a drop-in, for it is this ward's alone.
if [ "$part" != console ]; then
    if [ "$part" = node ]; then
        peer=$("$release/.venv/bin/python" -c \
            'import sys, tomllib; print(tomllib.load(open(sys.argv[1], "rb"))["broker"]["host"])' "$settings/$example")
    else
        peer=$(sed -n 's#^CONSOLE_URL=https\{0,1\}://\[\{0,1\}\([^]/:]*\).*#\1#p' "$settings/$example")
    fi
    addresses=$(getent ahosts "$peer" | awk '{ print $1 }' | sort -u | tr '\n' ' ')
    [ -n "$addresses" ] || stop "$settings/$example: $peer has no address here; write the address itself, or a line in /etc/hosts"
    install -d "/etc/systemd/system/hushward-$part.service.d"
    printf '[Service]\nIPAddressAllow=%s\n' "$addresses" > "/etc/systemd/system/hushward-$part.service.d/10-peer.conf"
fi
if [ "$part" = node ]; then
    "$release/.venv/bin/hushward" node --print-settings --config "$settings/$example" >/dev/null
elif [ "$part" = console ]; then
    "$release/.venv/bin/hushward" console print-settings --config "$settings/$example" >/dev/null
fi

systemctl enable "hushward-$part.service"
if [ "$part" = console ]; then systemctl enable hushward-broker-renew.timer; fi
if running; then
    systemctl daemon-reload
    restart_what_runs
    systemctl start "hushward-$part.service"
    if [ "$part" = console ]; then systemctl start hushward-broker-renew.timer; fi
    say "running; what it says: journalctl -u hushward-$part -f"
else
    say "installed; it starts with the machine"
fi
